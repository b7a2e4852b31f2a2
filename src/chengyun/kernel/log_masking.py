"""Nothing personal in logs: what a message, a parameter or a traceback quotes is masked when it is written."""

from __future__ import annotations

import logging

from chengyun.kernel.personal import masked


class MaskingFormatter(logging.Formatter):
    """Any format, with personal data masked in the finished line."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
