"""Open311 GeoReport v2: services, requests, tokens, and updates as an extension, as JSON and XML."""
