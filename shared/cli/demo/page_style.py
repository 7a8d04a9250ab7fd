"""The style sheet and the script of the demo's page, light or dark as the reader's system."""

from typing import Final

STYLE: Final = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--good:#1a7f45;--bad:#c0392b;--page:#fff}
@media(prefers-color-scheme:dark){:root{--good:#4cc07f;--bad:#ff7b6b;--page:#121212}}
*{box-sizing:border-box}
body{margin:0;font:15px/1.5 system-ui,sans-serif;background:var(--page);overflow-wrap:anywhere}
header,main{max-width:1180px;margin:0 auto;padding:1.2rem}
header{border-bottom:1px solid var(--line)}
h1{margin:0;font-size:1.5rem}h2{margin:2rem 0 .6rem;font-size:1.15rem}h3{margin:1.2rem 0 .5rem;font-size:1rem}
header p{margin:.2rem 0 0;opacity:.75}header p.warning{opacity:1;color:var(--bad)}
.note{margin:0;font-size:.85rem;opacity:.75}
#player{position:sticky;top:0;z-index:1;display:block;width:100%;max-width:40rem;max-height:42vh;
margin:0 auto;background:#000;border-radius:9px}
.met,.missed{font-size:.8rem;font-weight:600;margin-left:.3rem;color:var(--good)}.missed{color:var(--bad)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(280px,1fr));gap:1rem}
article{border:1px solid var(--line);border-radius:9px;background:var(--soft)}
article.good{border-color:var(--good);box-shadow:0 0 0 1px var(--good)}
img,.silent{display:block;width:100%;aspect-ratio:16/9;object-fit:contain;background:#0003;border-radius:8px}
.silent{display:grid;place-items:center;opacity:.6}
.play{position:relative;display:block;color:inherit;text-decoration:none}
.play::after{content:"▶";position:absolute;left:.5rem;bottom:.5rem;padding:.1rem .45rem;border-radius:5px;
background:#000a;color:#fff;font-size:.8rem}
.time{margin:.5rem .7rem;font-weight:600;font-variant-numeric:tabular-nums}
.time small{float:right;opacity:.7;font-weight:400;font-size:inherit}
dl{margin:0 .7rem .7rem;font-size:.85rem}dt{opacity:.65}dd{margin:0 0 .25rem}
@media(max-width:640px){
header,main{padding:.8rem}
#player{max-height:30vh}
.cards{grid-template-columns:1fr;gap:.6rem}
article{display:grid;grid-template-columns:8.5rem minmax(0,1fr);align-items:start}
.time{margin:.3rem .6rem}dl{margin:0 .6rem .4rem}
}
"""

SCRIPT: Final = """
const player = document.getElementById("player");
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.play");
  if (!link || !player) return;
  event.preventDefault();
  player.removeAttribute("poster");
  player.src = link.getAttribute("href");
  player.play().catch(() => {});
  player.scrollIntoView({block: "nearest"});
});
"""
"""Plays a link's time span in the page's player. Without the script, the browser opens the link itself."""
