"""Texts that an author of media, a colleague or a receiver may send in order to run code in the browser of
a reader, or to break a page: one corpus for every place that shows the words of users.

Markup has the class ``planted`` and calls ``alert``, so that a page shows at once whether a browser took it
as markup. No text needs a network.
"""

from typing import Final

SCRIPTS: Final = (
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "</script><script>alert(1)</script>",
    "</title></head><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    "'\"><script src=//planted.invalid/x.js></script>",
    "<script type=module>import '//planted.invalid/x.js'</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
)
"""Elements of scripts, plain and in encodings that something may decode."""

HANDLERS: Final = (
    "<img class=planted src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert`1`>",
    "<svg class=planted onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><use href=\"data:image/svg+xml,<svg id=x onload='alert(1)'/>#x\"/></svg>",
    "<math><mi xlink:href=javascript:alert(1)>planted",
    "<body onload=alert(1)>",
    "<video class=planted><source onerror=alert(1)></video>",
    "<details class=planted open ontoggle=alert(1)>",
    "<input class=planted autofocus onfocus=alert(1)>",
    "<marquee class=planted onstart=alert(1)>planted</marquee>",
    "<iframe class=planted srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<object class=planted data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed class=planted src=//planted.invalid/x.swf>",
    "<form class=planted action=//planted.invalid><button>Sign in</button></form>",
    "<a class=planted href=javascript:alert(1)>open</a>",
    "<base href=//planted.invalid/>",
    "<link rel=stylesheet href=//planted.invalid/x.css>",
    "<meta http-equiv=refresh content='0;url=//planted.invalid'>",
    "<style class=planted>*{display:none!important}</style>",
    "<div class=planted style='position:fixed;inset:0;background:red'>planted</div>",
    "<template><img class=planted src=x onerror=alert(1)></template>",
    "<noscript><p title='</noscript><img class=planted src=x onerror=alert(1)>'>",
    '" onmouseover=alert(1) autofocus onfocus=alert(1) x="',
    "' style=x:expression(alert(1)) '",
    "x` onerror=`alert(1)",
)
"""Elements and attributes that run code, load something or cover the page."""

ADDRESSES: Final = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//https://",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "vbscript:msgbox(1)",
    "blob:https://planted.invalid/1",
    "//planted.invalid/x.png",
    "https://planted.invalid/?token=1#/../..",
    "https://user:secret@planted.invalid/",
    "file:///etc/passwd",
)
"""Texts that would be harmful as a link or as the source of a picture."""

TEMPLATES: Final = (
    "{{constructor.constructor('alert(1)')()}}",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
    "${alert(1)}",
    "`${alert(1)}`",
    "[planted](javascript:alert(1))",
    '![planted](x" onerror="alert(1))',
    "<https://planted.invalid> **bold** `code` # heading",
    '=HYPERLINK("//planted.invalid","planted")',
    "%s%n%x %(planted)s {0.__class__}",
    "'; DROP TABLE media; --",
    "$(touch planted) `touch planted` | touch planted",
    "$& $1 $` $' \\1 \\g<0>",
    "(a+)+$ .* [^]]* (?i)",
)
"""Templates, markdown, formats, queries and commands of shells."""

NAMES: Final = (
    "__proto__",
    "constructor",
    "prototype",
    "hasOwnProperty",
    "toString",
    "../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "C:\\Windows\\system32\\cmd.exe",
    "CON",
    "a/b?c=d&e=f#g;h",
    "null",
    "undefined",
    "NaN",
    "true",
    "-0",
    "1e999",
    "9" * 400,
    "0x7fffffffffffffff",
)
"""Names of members and files with a meaning of their own, and numbers that no computer holds."""

MARKS: Final = (
    "\u202eevil\u202c txt.exe",
    "\u2066\u202eplanted\u2069 \u2067planted",
    "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd planted",
    "pl\u200bant\u200ced\u200d\ufeff\u2060",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d" * 20,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "\U0001f1e9\U0001f1ea\U0001f1eb" * 30,
    "\u2028planted\u2029planted\x85planted",
    "line one\r\nSet-Cookie: planted=1\r\n\r\n<script>alert(1)</script>",
    '2026-01-01 INFO planted\n{"level": "INFO", "message": "planted"}',
    "planted\x00<script>alert(1)</script>",
    "\x1b[31mplanted\x1b[0m\x07\x08\x7f",
    "\ufffd\ufffe\uffff",
    "\ufdfd" * 40,
    "W" * 900,
    "\u0e33" * 200,
    "planted " * 120,
    "\u00a0" * 5 + "planted",
)
"""Marks that turn, hide or pile up letters, controls, line ends, and words that no line holds."""

TEXTS: Final = (*SCRIPTS, *HANDLERS, *ADDRESSES, *TEMPLATES, *NAMES, *MARKS)
