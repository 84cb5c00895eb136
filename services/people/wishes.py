"""What someone would like whenever they take part: their language, and what makes it easier."""

from sqlmodel import Session

from services.people.tables import Person


def note_language(session: Session, person_id: int, language: str) -> None:
    """Remember the language (its English name) in which a person would rather talk."""
    session.get_one(Person, person_id).language = language


def note_access(session: Session, person_id: int, need: str) -> None:
    """Remember one more thing (an id of the taxonomy) that makes it easier for a person to take part."""
    person = session.get_one(Person, person_id)
    if need not in person.access_needs:
        person.access_needs = [*person.access_needs, need]
