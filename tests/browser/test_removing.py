"""Removing with a typed name and its receipt; an alarm by grade, with its evidence saved."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from securecall_client.acts import alarms, evidence
from securecall_client.errors import SecureCallError
from tests.browser.conftest import Axe
from tests.browser.screens import Screens
from tests.browser.test_joining import heading
from tests.simulator.people import Stage


async def test_l06_somebody_is_removed_by_their_typed_name_and_the_receipt_stands_there(
    screens: Screens, stage: Stage, axe: Axe
) -> None:
    page = await screens.page(stage["Sec"], f"/call/{stage.call.hex()}/people")
    await page.get_by_role("link", name="Cem").click()
    await page.get_by_role("link", name="Remove from the call").click()
    await expect(page.get_by_role("heading", name="What it cannot do")).to_be_visible()
    assert await axe(page) == []
    await page.get_by_label("Type the person's name").fill("Ann")
    await page.get_by_role("button", name="Remove").click()
    await expect(page.locator("#notice")).to_contain_text("Nothing was changed")
    await page.get_by_label("Type the person's name").fill("Cem")
    await page.get_by_role("button", name="Remove").click()
    await expect(page.get_by_role("heading", name="Removed:")).to_contain_text("Cem")
    await expect(page.get_by_text("copies already made stay with them")).to_be_visible()
    unseen = page.get_by_role("definition").last
    await expect(unseen).to_contain_text("Ann")
    await stage["Ann"].answer(stage.call)
    await expect(unseen).not_to_contain_text("Ann")


async def test_s40_an_alarm_stands_by_its_grade_and_its_evidence_is_saved(
    screens: Screens, stage: Stage, axe: Axe, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECURECALL_DOWNLOADS", str(tmp_path / "down"))
    ann = stage["Ann"]
    desk = await screens.desk(ann)
    page = await screens.page(ann, "/alarms")
    await expect(page.get_by_text("No alarms.")).to_be_visible()
    ann.hostile.roll_back(stage.call, 3)
    with pytest.raises(SecureCallError):
        async with desk.at() as session:
            await session.sync_all()
    desk.hub.tell("changed")
    await expect(page.get_by_role("heading", name="Proof of misbehaviour")).to_be_visible()
    await expect(page.get_by_text("Stop writing here")).to_be_visible()
    await expect(page.locator(".alarm-bar")).to_be_visible()
    assert await axe(page) == []
    await page.get_by_role("button", name="Save the evidence").click()
    await expect(page.locator("#said")).to_contain_text("Saved as")
    await heading(page, "Keys and alarms")
    async with desk.at(reading=True) as session:
        assert (await alarms.list_alarms(session)).alarms[0].grade == "proof"
    [saved] = (tmp_path / "down").iterdir()
    assert (await evidence.verify([saved])).verdict.signed
