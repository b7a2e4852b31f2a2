"""What goes between this installation and other systems: Open311, webhooks out, webhooks in.

Noun: the *exchange*. Tables: exchange_subscription, exchange_delivery, exchange_attempt (webhooks that leave),
exchange_source, exchange_message (webhooks that come in), exchange_published (categories that Open311 shows to
everybody). Hears IncidentMoved.
"""
