"""identity: people, units, posts, permissions, jurisdiction, sessions.

Noun: the post: what a person does in a unit; it gives permissions (by role) and a jurisdiction (scope ids).
Tables: identity_mode, identity_person, identity_password, identity_unit, identity_post, identity_session,
identity_token, identity_break_glass, identity_resident, identity_contact, identity_code, identity_shift,
identity_attempt, identity_device, identity_factor, identity_recovery, identity_account, identity_oidc_flow,
identity_change.
News published: PostChanged (somebody's post began, ended or moved), UnitMerged (a unit's work goes to another unit),
UnitRestored (a merged unit works again), DutyChanged (somebody went on or off duty at a centre).
News heard: territory's RegionMoved (posts, units, tokens and shifts follow the centre that takes over).
"""
