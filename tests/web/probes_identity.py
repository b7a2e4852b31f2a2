"""How the routes of identity are tried out; see `probes`."""

from __future__ import annotations

from tests.web.probing import Apart, Listing, Probe, Public

PROBES: dict[str, tuple[Probe, ...]] = {
    "identity_find_people": (
        Listing("/api/identity/people", ("", "region={town}", "region={district}", "unit={unit}")),
        Apart("test_people_are_those_of_the_model"),
    ),
    "identity_find_units": (Listing("/api/identity/units", ("", "region={town}", "q={mark}")),),
    "identity_read_duty": (Listing("/api/identity/duty", ("centre={town}",)),),
    "identity_demo_accounts": (Listing("/api/identity/demo-accounts"),),
    "identity_read_me": (Listing("/api/identity/me"),),
    "identity_list_sessions": (
        Listing("/api/identity/sessions"),
        Apart("test_sessions_and_tokens_of_others_do_not_exist"),
    ),
    "identity_end_session": (Apart("test_sessions_and_tokens_of_others_do_not_exist"),),
    "identity_list_tokens": (
        Listing("/api/identity/tokens"),
        Apart("test_sessions_and_tokens_of_others_do_not_exist"),
    ),
    "identity_revoke_token": (Apart("test_sessions_and_tokens_of_others_do_not_exist"),),
    "identity_issue_token": (Apart("test_nobody_widens_their_own_jurisdiction"),),
    "identity_change_post": (Apart("test_nobody_widens_their_own_jurisdiction"),),
    "identity_list_break_glass": (Listing("/api/identity/break-glass"),),
    "identity_begin_break_glass": (Apart("test_emergency_access_opens_a_region_until_it_ends"),),
    "identity_end_break_glass": (Apart("test_emergency_access_opens_a_region_until_it_ends"),),
    "identity_login": (Public("POST", "/api/identity/login", {"login": "{mark}", "password": "x"}),),
    "identity_logout": (Apart("tests.identity.test_signin"),),
    "identity_change_password": (Public("POST", "/api/identity/me/password", {"old": "no", "new": "no"}),),
    "identity_change_language": (Public("POST", "/api/identity/me/language", {"language": "xx"}),),
    "identity_request_code": (Public("POST", "/api/identity/resident/code", {"phone": "1"}),),
    "identity_resident_login": (
        Public("POST", "/api/identity/resident/login", {"phone": "13800000009", "code": "000000"}),
    ),
    "identity_set_duty": (Apart("tests.identity"),),
    "identity_list_roles": (Listing("/api/identity/roles"),),
    "identity_create_person": (Public("POST", "/api/identity/people", {"login": "Ä", "name": "x"}),),
    "identity_read_import_template": (Listing("/api/identity/people-import/template"),),
    "identity_import_people": (Apart("tests.identity.test_importing"),),
    "identity_read_person": (Apart("test_people_of_others_do_not_exist"),),
    "identity_give_post": (Apart("test_people_of_others_do_not_exist"),),
    "identity_end_post": (Apart("test_people_of_others_do_not_exist"),),
    "identity_reset_password": (Apart("test_people_of_others_do_not_exist"),),
    "identity_date_post": (Apart("test_people_of_others_do_not_exist"),),
    "identity_edit_person": (Apart("test_people_of_others_do_not_exist"),),
    "identity_set_active": (Apart("test_people_of_others_do_not_exist"),),
    "identity_reset_factor": (Apart("test_people_of_others_do_not_exist"),),
    "identity_list_accounts": (Apart("test_people_of_others_do_not_exist"),),
    "identity_link_account": (Apart("test_people_of_others_do_not_exist"),),
    "identity_unlink_account": (Apart("test_administration_stays_in_its_jurisdiction"),),
    "identity_read_directory": (
        Listing("/api/identity/directory", ("", "q={mark}", "region={town}", "unit={unit}")),
        Apart("test_administration_stays_in_its_jurisdiction"),
    ),
    "identity_list_staff_sessions": (
        Listing("/api/identity/staff-sessions"),
        Apart("test_administration_stays_in_its_jurisdiction"),
    ),
    "identity_end_staff_session": (Apart("test_administration_stays_in_its_jurisdiction"),),
    "identity_list_unit_kinds": (Listing("/api/identity/unit-kinds"),),
    "identity_found_unit": (Apart("test_administration_stays_in_its_jurisdiction"),),
    "identity_rename_unit": (Apart("test_administration_stays_in_its_jurisdiction"),),
    "identity_merge_unit": (Apart("test_administration_stays_in_its_jurisdiction"),),
    "identity_search_audit": (
        Listing(
            "/api/identity/audit", ("", "subject_kind=incident&subject_id={incident}", "action=reporter")
        ),
        Apart("test_administration_stays_in_its_jurisdiction"),
    ),
    "identity_read_audit_actions": (Listing("/api/identity/audit/actions"),),
    "identity_export_audit": (Apart("test_administration_stays_in_its_jurisdiction"),),
    "identity_read_security": (Listing("/api/identity/me/security"),),
    "identity_list_changes": (
        Listing("/api/identity/changes", ("", "limit=200")),
        Apart("test_administration_stays_in_its_jurisdiction"),
    ),
    "identity_undo_change": (Apart("test_administration_stays_in_its_jurisdiction"),),
    "identity_read_factor": (Listing("/api/identity/factor"),),
    "identity_begin_factor": (Apart("tests.identity.test_factor"),),
    "identity_confirm_factor": (Apart("tests.identity.test_factor"),),
    "identity_login_factor": (Public("POST", "/api/identity/factor/login", {"code": "000000"}),),
    "identity_prove_factor": (Apart("tests.identity.test_factor"),),  # wrong guesses count towards the lock
    "identity_renew_recovery": (Public("POST", "/api/identity/factor/recovery"),),
    "identity_drop_factor": (Public("DELETE", "/api/identity/factor"),),
    "identity_unlock_device": (Apart("tests.identity.test_changes"),),
    "identity_list_providers": (Listing("/api/identity/oidc"),),
    "identity_begin_at_provider": (Listing("/api/identity/oidc/none/begin"),),
    "identity_return_from_provider": (Listing("/api/identity/oidc/callback", ("", "state={mark}&code=x")),),
}
