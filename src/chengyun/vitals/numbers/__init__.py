"""Numbers of registers: what comes yearly, monthly or daily by file or API, with owner and date (`vitals_number`)."""
