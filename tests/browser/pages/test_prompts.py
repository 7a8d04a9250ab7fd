"""Prompts in the console: two views of a schema, plain words, a trial, unsaved changes."""

import json
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import accessibility
from tests.browser.conftest import Archive, Console, signed_in

FIELDS = "Fields of each segment"


def _new_prompt(api: httpx.Client, name: str) -> str:
    body = {
        "name": name,
        "prompt_text": "Describe what is seen in the scene.",
        "json_schema": {"type": "object", "properties": {"summary": {"type": "string"}}},
    }
    return str(api.post("/prompts", json=body).raise_for_status().json()["prompt_id"])


def _schema(page: Page) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(page.get_by_role("textbox", name=f"{FIELDS}, as JSON").input_value())
    return schema


def test_form_and_json_are_views_of_one_schema(page: Page, api: httpx.Client) -> None:
    page.goto("/prompts/new")
    page.get_by_role("button", name="Products and prices").click()
    form = page.get_by_role("region", name=f"{FIELDS}, as a form")
    names = form.get_by_role("textbox", name="Name of the field")
    expect(names).to_have_count(4)

    # The form writes the JSON.
    form.get_by_role("button", name="Add field", exact=True).click()
    names.last.fill("mood")
    form.get_by_role("textbox", name="Description of mood").fill("How it feels")
    form.get_by_role("textbox", name="Add a choice to mood").fill("calm")
    form.get_by_role("textbox", name="Add a choice to mood").press("Enter")
    mood = {"type": "string", "description": "How it feels", "enum": ["calm"]}
    assert _schema(page)["properties"]["mood"] == mood
    names.last.press("Alt+ArrowUp")
    assert list(_schema(page)["properties"]) == ["mood", "products"]
    expect(names.first).to_be_focused()
    names.first.fill("products")
    expect(form).to_contain_text("Another field here has this name.")
    assert list(_schema(page)["properties"]) == ["mood", "products"]

    # The JSON writes the form, and the form leaves what it cannot show.
    text = page.get_by_role("textbox", name=f"{FIELDS}, as JSON")
    either = {"anyOf": [{"type": "string"}, {"type": "number"}]}
    properties = {"title": {"type": "string", "maxLength": 80}, "code": either}
    text.fill(json.dumps({"type": "object", "properties": properties}))
    expect(names).to_have_count(2)
    expect(form).to_contain_text("Only the JSON shows what this field holds.")
    expect(form).to_contain_text("maxLength")
    form.get_by_role("textbox", name="Description of code").fill("Any code")
    assert _schema(page)["properties"]["code"] == {**either, "description": "Any code"}
    assert _schema(page)["properties"]["title"] == properties["title"]
    accessibility.check(page)

    # An error marks both views: one of the JSON, and one that the server finds.
    good = text.input_value()
    text.fill('{\n  "type": "object",\n}')
    expect(form).to_contain_text("The JSON has an error.")
    expect(page.get_by_role("alert")).to_contain_text("Line 3, column 1")
    text.fill(good.replace('"string",', '"strin",', 1))
    expect(names.first).to_have_attribute("aria-invalid", "true")
    expect(text).to_have_attribute("aria-invalid", "true")
    accessibility.check(page)
    text.fill(good)
    expect(text).to_have_attribute("aria-invalid", "false")

    # Errors of a field stand at the field. A saved prompt has its own address.
    page.get_by_label("What to look for").fill("Short")
    page.get_by_role("button", name="Save prompt").click()
    expect(page.get_by_text("10 to 5000 characters")).to_be_visible()
    page.get_by_label("What to look for").fill("Find the title and the code.")
    page.get_by_role("textbox", name="Name", exact=True).fill("Codes")
    page.get_by_role("button", name="Save prompt").click()
    page.wait_for_url("**/prompts/prm_*")
    stored = api.get(f"/prompts/{page.url.rpartition('/')[2]}").json()
    assert (stored["name"], stored["json_schema"]) == ("Codes", json.loads(good))


def test_prompt_from_plain_words_is_tried_before_it_is_saved(
    page: Page, archive: Archive, api: httpx.Client
) -> None:
    index = api.get(f"/indexes/{archive.index_id}").json()
    page.goto("/prompts/new")
    page.get_by_label("What do you want to know?").fill("list the objects and whether somebody speaks")
    page.get_by_role("button", name="Write prompt").click()
    name = page.get_by_role("textbox", name="Name", exact=True)
    expect(name).not_to_have_value("")
    page.get_by_role("button", name="Try it").click()
    trial = page.get_by_role("complementary", name="Try it on one medium")
    trial.get_by_role("combobox", name="Index").click()
    page.get_by_role("option", name=index["name"], exact=True).first.click()
    trial.get_by_role("combobox", name="Medium").click()
    page.get_by_role("option", name="Sample reel").first.click()
    trial.get_by_role("button", name="Try prompt").click()
    expect(trial.get_by_role("status")).to_contain_text("Completed")
    expect(trial.get_by_role("listitem").first).to_contain_text("0:00")
    accessibility.check(page)
    run = api.get("/prompt-runs", params={"limit": 1}).json()[0]
    assert run["prompt_name"].endswith("(trial)")
    assert run["run_context"]["video_ids"] == [archive.video_id]
    names = [each["name"] for each in api.get("/prompts", params={"active_only": False}).json()["prompts"]]
    assert not [each for each in names if each.endswith("(trial)")]


def test_unsaved_changes_are_kept_and_used_prompt_is_deleted(
    page: Page, archive: Archive, api: httpx.Client
) -> None:
    prompt_id = _new_prompt(api, "Kept changes")
    target = {"type": "videos", "video_ids": [archive.picture_id]}
    api.post("/prompt-runs/execute", json={"prompt_id": prompt_id, "target": target}).raise_for_status()
    page.goto(f"/prompts/{prompt_id}")
    page.get_by_label("Description", exact=True).fill("Changed")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Prompts").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave and keep changes").click()
    page.get_by_role("searchbox", name="Search prompts").fill("kept")
    expect(page).to_have_url("/prompts?q=kept")
    accessibility.check(page)
    page.get_by_role("link", name="Kept changes").click()
    expect(page.get_by_label("Description", exact=True)).to_have_value("Changed")
    page.get_by_role("button", name="Save prompt").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    assert api.get(f"/prompts/{prompt_id}").json()["description"] == "Changed"
    expect(page.get_by_role("region", name="Versions and use")).to_contain_text("Earlier versions")

    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Delete prompt").click()
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text("The prompt has runs.")
    question.get_by_role("button", name="Delete prompt").click()
    expect(page.get_by_role("heading", name="Prompts", level=1)).to_be_visible()
    assert api.get(f"/prompts/{prompt_id}").status_code == 404


def test_read_only_key_sees_prompts_without_buttons(
    context: BrowserContext, console: Console, archive: Archive
) -> None:
    page = signed_in(context, console.api_key, "read")
    page.goto(f"/prompts/{archive.prompt_id}")
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_attribute("readonly", "")
    for name in ("Save prompt", "Try it", "Add field", "More actions", "Write prompt"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    accessibility.check(page)
