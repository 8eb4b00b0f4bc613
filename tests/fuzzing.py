"""How long the fuzz proofs go on, and what they put in: `FUZZ_EXAMPLES=20000 make proof`."""

import os
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "300"))
"""The one setting. Anything but the default also looks elsewhere each time."""
HANGS_AFTER = timedelta(seconds=30)
"""On a busy machine. Nothing here takes one second on a quiet one."""

at_length = settings(
    max_examples=EXAMPLES,
    deadline=HANGS_AFTER,
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)

SNIPPETS = (
    *(
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\xc0\xaf",
        b"\r",
        b"\t",
        b"\x85",
        b"\xe2\x80\xae",
    ),
    *(b"&a [*a, *a]", b"*a", b"<<: *x", b"!!python/object/apply:os.system [id]", b"!!binary x"),
    *(
        b"? [",
        b"{" * 400,
        b"[" * 400,
        b"- " * 400,
        b"9" * 5000,
        b"1e999999",
        b".nan",
        b"0000-00-00",
    ),
    *(
        b"2026-02-31",
        b"null",
        b"~",
        b"''",
        b'"',
        b": ",
        b"---\n",
        b"...\n",
        b"%YAML 9.9\n",
        b"#",
        b"|",
    ),
    *(
        b"<script>",
        b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
        b"&a;",
        b"${x}",
        b"{x.y}",
    ),
    *(
        b"../../../etc/passwd",
        b"\n\n",
        b"  ",
        b"\\",
        b"\\u0000",
        b"\\ud800",
        b"{}",
        b"[]",
        b"true",
        b"-1",
    ),
)
"""What readers stumble over."""


@st.composite
def spoilt(draw: Any, original: bytes) -> bytes:
    """Some bytes with one to three places cut out, doubled, or written over."""
    data = original
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from((0, 0, 1, 5, 40, 400))))
        put = draw(
            st.sampled_from(SNIPPETS)
            | st.binary(max_size=4)
            | st.just(data[start:end] * 2)
            | st.just(data[max(0, start - 60) : start])
        )
        data = data[:start] + put + data[end:]
    return data


@st.composite
def spoilt_line(draw: Any, original: bytes) -> bytes:
    """The same for whole lines: one is left out, moved in or out, or gets another value."""
    lines = original.split(b"\n")
    at = draw(st.integers(0, len(lines) - 1))
    line = lines[at]
    key, colon, value = line.partition(b":")
    lines[at] = draw(
        st.just(b"")
        | st.just(b"  " + line)
        | st.just(line.strip())
        | st.just(line + b"\n" + line)
        | st.just(key + colon + b" " + value[::-1].strip())
        | st.sampled_from(SNIPPETS).map(lambda snippet: key + colon + b" " + snippet)
    )
    return b"\n".join(lines)
