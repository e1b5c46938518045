"""What every answer tells the browser to refuse: scripts, frames and forms that are not ours."""

import base64
import hashlib
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

INLINE: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def security_headers(page: str, form_to: str = "") -> Mapping[str, str]:
    """The headers of every answer, given any page; `form_to` is where signing out leads besides.

    The kit has one inline line, the same on every page: it is allowed by its hash, and nothing else is.
    """
    forms = ["'self'", *([form_to] if form_to else [])]
    hashes = " ".join(f"'sha256-{_digest(line)}'" for line in INLINE.findall(page))
    return MappingProxyType(
        {
            "Content-Security-Policy": (
                f"default-src 'none'; script-src 'self' {hashes}; style-src 'self'; "
                f"img-src 'self'; connect-src 'self'; form-action {' '.join(forms)}; "
                "base-uri 'none'; frame-ancestors 'none'"
            ),
            "Cache-Control": "no-store",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": ", ".join(f"{name}=()" for name in UNUSED),
            # With no-referrer a browser sends "Origin: null" with our own forms.
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "X-Robots-Tag": "noindex, nofollow",
        }
    )


UNUSED: Final = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "microphone",
    "payment",
    "usb",
)
"""What a browser can do that these pages never ask for."""


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
