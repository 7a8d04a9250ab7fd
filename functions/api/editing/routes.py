"""Subtitles, cut lists and clips, for people who edit."""

from functions.api.editing import clips, cut_lists, transcripts
from shared.http.api_route import ApiRouter

router = ApiRouter()
router.include_router(cut_lists.router)
router.include_router(transcripts.router)
router.include_router(clips.router)
