"""What is learned of a source's releases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.collect.contract import Contract, Field, learn
from newsletter.model import AltFrom, Image, Precision
from tests.unit.collect.contract.releases import NOW, release, releases


def test_of_too_few_releases_nothing_is_learned() -> None:
    contract = learn(releases(7))
    assert (contract.floor, contract.habits, contract.date_step) == (0, {}, None)
    assert learn([]) == Contract()


def test_how_long_a_text_is_is_learned_of_eight() -> None:
    contract = learn(releases(8, characters=1_200))
    assert (contract.floor, contract.median) == (600, 1_200)


def test_the_shortest_of_many_is_no_measure_and_the_latest_are_none_yet() -> None:
    usual = releases(47, characters=1_000)
    odd = [release(100 + n, characters=50) for n in range(2)]  # long ago
    latest = [release(-n, characters=50) for n in range(1, 4)]
    assert learn([*latest, *usual, *odd]).floor == 500


@pytest.mark.parametrize(
    ("number", "without", "usual"),
    [(11, 0, False), (12, 0, True), (20, 1, True), (20, 2, False), (50, 2, True), (50, 3, False)],
)
def test_what_practically_every_release_has_is_a_habit(number: int, without: int, usual: bool) -> None:
    known = releases(number - without) + [release(200 + 2 * n, kicker=None) for n in range(without)]
    habit = learn(known).habits.get(Field.KICKER)
    assert (habit is not None) is usual
    if habit:
        assert (habit.had, habit.of, habit.row) == (number - without, number, 0)


@pytest.mark.parametrize(
    ("number", "without", "needed"),
    [(12, 0, 5), (20, 0, 4), (50, 0, 3), (50, 1, 4), (50, 2, 5)],
)
def test_the_surer_a_habit_the_fewer_without_it_are_no_chance(number: int, without: int, needed: int) -> None:
    known = releases(number - without) + [release(200 + n, kicker=None) for n in range(without)]
    assert learn(known).habits[Field.KICKER].needed == needed


def test_the_latest_that_lack_something_do_not_thin_the_habit() -> None:
    latest = [release(-n, kicker=None) for n in range(1, 4)]
    habit = learn([*latest, *releases(20)]).habits[Field.KICKER]
    assert (habit.had, habit.of, habit.row) == (20, 20, 3)


def test_what_a_person_accepted_is_learned_of_what_came_since() -> None:
    known = [release(-n, kicker=None) for n in range(1, 6)] + releases(30)
    assert Field.KICKER in learn(known).habits
    accepted = learn(known, {"kicker": NOW})
    assert Field.KICKER not in accepted.habits
    assert accepted.habits[Field.TEASER].of == 35


def test_only_the_latest_fifty_count() -> None:
    assert learn(releases(50) + [release(100 + n, kicker=None) for n in range(50)]).habits[Field.KICKER].of == 50


def test_an_alt_that_an_editor_wrote_is_none_of_the_pages() -> None:
    image = Image("https://p.example/1.jpg", alt="Brunnen", lead=True, alt_from=AltFrom.EDITOR)
    assert Field.ALT in learn(releases(12)).habits
    assert Field.ALT not in learn([release(n, images=(image,)) for n in range(12)]).habits


def test_the_alt_of_no_image_and_the_subheads_of_a_note_do_not_count() -> None:
    contract = learn([release(n, images=(), characters=300) for n in range(12)] + releases(12))
    assert (contract.habits[Field.ALT].of, contract.habits[Field.SUBHEADS].of) == (12, 12)
    assert Field.IMAGE not in contract.habits


def test_steps_language_and_precision_are_learned() -> None:
    contract = learn(releases(12))
    assert (contract.date_step, contract.body_step, contract.language) == ("structure", "structure", "de")
    assert contract.habits[Field.LANGUAGE].had == 12
    day = [release(n, published_precision=Precision.DAY) for n in range(12)]
    assert Field.TIME in contract.habits
    assert Field.TIME not in learn(day).habits
    mixed = [release(n, origin={"published": ("meta", "structure")[n % 2]}) for n in range(12)]
    assert learn(mixed).date_step is None


def test_a_portal_that_calls_its_releases_alike_has_no_headlines_of_their_own() -> None:
    assert Field.HEADLINE in learn(releases(12)).habits
    assert Field.HEADLINE not in learn([release(n, headline="Polizeibericht") for n in range(12)]).habits


def test_the_last_good_page_is_the_one_taken_last() -> None:
    contract = learn(releases(12))
    assert contract.last_good == "https://p.example/0"
    assert (contract.newest, contract.taken) == (NOW, NOW + timedelta(minutes=1))
