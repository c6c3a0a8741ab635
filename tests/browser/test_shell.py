"""What the browser fetches, keeps and may not do."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import OpenApp, choose, photo_of

FIRST_PAINT_BYTES = 100_000
READY = "navigator.serviceWorker.ready.then(() => caches.keys())"


def test_the_first_paint_is_light_and_all_from_here(opened: OpenApp, evening_url: str) -> None:
    page = opened(service_workers="block")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    transferred: list[float] = []
    addresses: list[str] = []
    devtools.on("Network.loadingFinished", lambda event: transferred.append(event["encodedDataLength"]))
    devtools.on("Network.requestWillBeSent", lambda event: addresses.append(event["request"]["url"]))
    page.reload(wait_until="networkidle")
    assert len(transferred) > 15
    assert sum(transferred) < FIRST_PAINT_BYTES
    assert {address.startswith(evening_url) for address in addresses} == {True}


def test_the_shell_opens_offline_and_the_picture_waits_for_the_line(home: Page, photos: Path) -> None:
    home.evaluate(READY)
    home.context.set_offline(True)
    home.reload()
    expect(home.get_by_role("heading", name="Who is that?")).to_be_visible()
    expect(home.get_by_role("status").first).to_contain_text("You are offline.")
    expect(home.get_by_role("button", name="Where you watch: France")).to_be_visible()
    choose(home, photo_of(photos, "Ben Affleck", 2))
    expect(home.get_by_role("alert")).to_contain_text("You are offline")
    home.context.set_offline(False)
    home.get_by_role("alert").get_by_role("button", name="Try again").click()
    expect(home.get_by_role("heading", name="Ben Affleck")).to_be_visible()


def test_answers_and_pictures_are_never_kept(home: Page, photos: Path) -> None:
    (kept,) = home.evaluate(READY)
    assert kept.startswith("shell-")
    choose(home, photo_of(photos, "Ben Affleck", 2))
    expect(home.get_by_role("heading", name="Ben Affleck")).to_be_visible()
    paths = home.evaluate(
        """async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)""", kept
    )
    assert {"/", "/privacy", "/manifest.webmanifest"} <= set(paths)
    assert not [path for path in paths if path.startswith("/v1/")]
    assert home.evaluate("indexedDB.databases()") == []
    assert home.evaluate("Object.keys(localStorage)") == ["region"]
    assert home.context.cookies() == []


def test_the_app_can_be_installed(home: Page) -> None:
    home.evaluate(READY)
    devtools = home.context.new_cdp_session(home)
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/manifest.webmanifest")
    icons = home.evaluate(
        """async () => {
            const manifest = await (await fetch("/manifest.webmanifest")).json();
            return Promise.all(manifest.icons.map(async ({ src, sizes, type }) => {
                const bitmap = type === "image/png" ? await createImageBitmap(await (await fetch(src)).blob()) : null;
                return [sizes, bitmap && `${bitmap.width}x${bitmap.height}`];
            }));
        }"""
    )
    assert icons == [["any", None], ["192x192", "192x192"], ["512x512", "512x512"], ["512x512", "512x512"]]


def test_inline_scripts_are_refused(browser_with_camera: Browser, evening_url: str) -> None:
    page = browser_with_camera.new_page()
    page.goto(evening_url)
    refused = page.evaluate(
        """async () => {
            const seen = [];
            document.addEventListener("securitypolicyviolation", (event) => seen.push(event.effectiveDirective));
            const inline = Object.assign(document.createElement("script"), { textContent: "document.title = 'run'" });
            document.body.append(inline);
            await new Promise((resolve) => setTimeout(resolve, 100));
            return seen;
        }"""
    )
    assert refused == ["script-src-elem"]
    assert page.title() == "Find The Actor"
    page.close()
