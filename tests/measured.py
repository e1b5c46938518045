"""Which stories are measured: those of the rooms themselves, and few others that tell what no room does."""

from typing import Final

UNMEASURED: Final = (
    "activities/",
    "alert_budget/",
    "deploy/",
    "drills/",
    "journeys/",
    "processes/",
    "simulator/",
    "test_architecture.py",
    "test_packaging.py",
    "web/",
)
"""Whose stories run at full speed: what they alone would reach, no story of the room itself has looked at."""
MEASURED: Final[dict[str, tuple[str, ...]]] = {
    "processes/test_adopting.py": (
        "a_calendar_is_adopted",
        "a_folder_that_is_set_must_be_there",
        "a_later_pack_governs_later_starts",
        "a_version_kept_over_other_national_rules_is_not_kept_again",
        "a_wrong_form_is_refused_with_its_line",
        "the_shipped_pack_can_be_adopted_and_is_kept_too",
        "what_is_adopted_is_read_only_when_it_is_asked_for",
        "what_was_adopted_and_is_gone_is_said_with_the_mend",
    ),
    "processes/test_command.py": (
        "a_faulty_people_file_changes_nothing",
        "a_local_policy_is_never_passed_over",
        "a_token_is_shown_once",
        "migrating_again_changes_nothing",
        "the_doctor_names_the_setting_of_what_does_not_answer",
        "what_is_not_there_is_one",
        "wrong_keys_are_refused_before_anything_is_made",
    ),
    "processes/test_doubting.py": ("",),
    "processes/test_exporting_command.py": ("",),
    "processes/test_going_live.py": ("",),
    "processes/test_sample_authority.py": ("",),
    "web/console/test_as_seen_page.py": ("what_was_forced_open_stands_beside_the_board",),
    "web/console/test_figures.py": ("the_reference_of_a_problem_page_finds_its_trace",),
    "web/console/test_held_and_unconfirmed.py": (
        "a_rule_to_be_confirmed_is_labelled_wherever_its_name_stands[/morning]",
    ),
    "web/console/test_idle.py": (
        "what_was_altered_is_not_shown",
        "what_was_typed_lies_sealed_and_not_for_long",
    ),
    "web/console/test_missing_and_record.py": (
        "the_missing_page_and_its_file_say_the_same",
        "the_reasons_of_interviews_stand_together_over_time",
        "the_times_of_one_child_are_asked_for_an_earlier_moment",
        "what_was_recorded_by_hand_is_put_right",
    ),
    "web/console/test_morning_and_cover.py": (
        "a_past_board_sorts_and_narrows_like_the_one_of_today",
        "the_workbook_has_the_same_rows_as_the_page",
        "the_workload_leads_to_the_board_of_a_day",
    ),
    "web/console/test_opened_lately.py": ("who_forced_it_open_is_told_that_too",),
    "web/console/test_own_matters.py": (
        "the_authoritys_own_record_is_taken_away[sqlite]",
        "two_moments_of_the_authority_itself_are_compared",
    ),
    "web/console/test_partners.py": (
        "a_partner_sees_what_their_agency_undertook_and_no_more",
        "a_restricted_child_is_on_no_partners_agenda",
        "what_an_invitation_opened_is_seen_again",
    ),
    "web/console/test_scope_days.py": (
        "a_pack_is_kept_to_the_days_of_its_own_scope",
        "a_sample_is_drawn_from_children_with_anything_in_the_days",
        "an_escalation_raised_after_the_days_is_not_there",
        "what_a_board_showed_after_the_only_days_is_not_there",
    ),
    "web/console/test_scopes.py": (
        "a_restricted_child_is_never_drawn",
        "a_second_press_gives_one_scope",
    ),
    "web/console/test_sittings.py": ("a_sitting_is_not_put_off_onto_another",),
    "web/test_access.py": ("lists_show_only_what_may_be_seen",),
}
"""And those of them that a room has for its stories, by how their names begin.

What is made for a page or a command is told there; a story that is measured takes three times as long.
"""


ON_ONE_STORE: Final = ("formats/", "projections/")
"""Whose stories run on both stores and reach the same lines on each: they are measured on files alone."""


def is_measured(place: str) -> bool:
    """Whether a story is measured, by its file and name."""
    file, _, name = place.partition("::")
    if file.startswith(ON_ONE_STORE) and "postgresql" in name.partition("[")[2]:
        return False
    return name.removeprefix("test_").startswith(MEASURED.get(file, ())) or not place.startswith(
        UNMEASURED
    )
