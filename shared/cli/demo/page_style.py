"""The style sheet of the demo's page, light or dark as the reader's system."""

from typing import Final

STYLE: Final = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--good:#1a7f45;--bad:#c0392b}
*{box-sizing:border-box}
body{margin:0;font:15px/1.5 system-ui,sans-serif}
header,main{max-width:1180px;margin:0 auto;padding:1.2rem}
header{border-bottom:1px solid var(--line)}
h1{margin:0;font-size:1.5rem}h2{margin:2rem 0 .6rem;font-size:1.15rem}h3{margin:1.2rem 0 .5rem;font-size:1rem}
header p{margin:.2rem 0 0;opacity:.75}
.met,.missed{font-size:.8rem;font-weight:600;margin-left:.5rem;color:var(--good)}.missed{color:var(--bad)}
.hits{display:grid;grid-auto-flow:column;grid-auto-columns:minmax(200px,1fr);gap:.8rem;overflow-x:auto}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(260px,1fr));gap:1rem}
figure,article{margin:0;border:1px solid var(--line);border-radius:9px;overflow:hidden;background:var(--soft)}
figure:first-child{outline:2px solid var(--good)}
img,.silent{display:block;width:100%;aspect-ratio:16/9;object-fit:cover;background:#0003}
.silent{display:grid;place-items:center;opacity:.6}
.time{margin:.5rem .7rem;font-weight:600;font-variant-numeric:tabular-nums}
.time span{float:right;opacity:.7;font-weight:400}
ul{margin:0 .7rem .7rem;padding:0;list-style:none;font-size:.82rem}li{overflow-wrap:anywhere}
blockquote{margin:0 .7rem;padding-left:.6rem;border-left:3px solid var(--line);font-style:italic}
pre{margin:.6rem .7rem .8rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.78rem;opacity:.85}
"""
