"""Everything that writes in this room."""

from halfsky.places.actions.access import (
    ask_reset,
    bring_in,
    change_password,
    end_lock_out,
    invite,
    link_of,
    note_failure,
    note_sign_in,
    note_sign_out,
    remove_second_factor,
    reset_password,
    set_password_by_link,
    set_up_second_factor,
)
from halfsky.places.actions.common import manages, refuse
from halfsky.places.actions.people import (
    add_person,
    appoint,
    deactivate,
    dismiss,
    edit_person,
    hand_over,
    is_email,
    reactivate,
)
from halfsky.places.actions.places import edit_office, establish, office_name, seats

__all__ = [
    "add_person",
    "appoint",
    "ask_reset",
    "bring_in",
    "change_password",
    "deactivate",
    "dismiss",
    "edit_office",
    "edit_person",
    "end_lock_out",
    "establish",
    "hand_over",
    "invite",
    "is_email",
    "link_of",
    "manages",
    "note_failure",
    "note_sign_in",
    "note_sign_out",
    "office_name",
    "reactivate",
    "refuse",
    "remove_second_factor",
    "reset_password",
    "seats",
    "set_password_by_link",
    "set_up_second_factor",
]
