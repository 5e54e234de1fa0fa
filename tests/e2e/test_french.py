"""JupyterLab for somebody whose browser asks for French: its own words and ours; and English for who chooses that."""

import re
from collections.abc import Callable, Iterator

import pytest
from e2e.conftest import SCREENSHOTS
from playwright.sync_api import Browser, Page, expect
from support.stack import Stack
from support.visitors import PASSWORD, come_first

pytestmark = pytest.mark.browser
SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python, lifetime: 12h, longest_lifetime: 48h}}
tools:
  notes: {{title: Carnets, description: Notes, command: [python3, "{{socket}}"], category: notebooks, icon: M3 3h18v18z}}
  abacus: {{title: Boulier, description: Compte, command: [python3, "{{socket}}"], category: consoles}}
  paint: {{title: Dessin, description: Dessine, command: [python3, "{{socket}}"], category: other, icon: M3 5h18}}
"""
CHOOSE = """async ([base, locale]) => {
  const xsrf = document.cookie.split("; ").map((c) => c.split("=")).find(([n]) => n === "_xsrf")?.[1] ?? "";
  const headers = { "X-XSRFToken": xsrf, "Content-Type": "application/json" };
  const body = JSON.stringify({ raw: JSON.stringify({ locale }) });
  await fetch(`${base}lab/api/settings/@jupyterlab/translation-extension:plugin`, { method: "PUT", headers, body });
}"""


@pytest.fixture(scope="module")
def stack(place_with: Callable[..., Stack]) -> Stack:
    """A place whose environment is made already."""
    return place_with(SETTINGS)


@pytest.fixture(scope="module")
def page(stack: Stack, browser: Browser) -> Iterator[Page]:
    """Amélie's JupyterLab; the first person here is another one."""
    context = browser.new_context()
    come_first(stack, context.new_page(), "ann")
    context.close()
    stack.add_person("amelie", PASSWORD)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    context.set_default_timeout(30_000)
    shown = context.new_page()
    shown.goto(f"{stack.url}/hub/login")
    shown.locator("input[name=username]").fill("amelie")
    shown.locator("input[name=password]").fill(PASSWORD)
    shown.locator("input[name=password]").press("Enter")
    shown.wait_for_url(lambda url: "login" not in url)
    shown.goto(f"{stack.url}/hub/spawn/amelie")
    shown.locator("#spawn_form [type=submit]").first.click()
    shown.wait_for_url("**/user/amelie/lab**", timeout=60_000)
    shown.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    yield shown
    context.close()


def keep(page: Page, name: str) -> None:
    """Keep pictures, as on a screen and on a phone."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)
        page.screenshot(path=SCREENSHOTS / f"french-{name}-{width}.png")


def palette(page: Page, typed: str) -> None:
    """Open JupyterLab's command palette, and type something."""
    if not page.locator(".jp-ModalCommandPalette").is_visible():
        page.keyboard.press("Control+Shift+C")
    page.locator(".jp-ModalCommandPalette input").fill(typed)


def test_the_launcher(page: Page) -> None:
    """Cards of JupyterLab and ours; a program that reads it out knows the language."""
    launcher = page.locator(".jp-Launcher")
    expect(launcher.get_by_role("heading", name="Outils")).to_be_visible()
    expect(launcher.get_by_role("heading", name="Autre")).to_be_visible()
    cards = launcher.locator(".jp-LauncherCard[title='Courbes de vos entraînements'], [title^='Non installé ici.']")
    expect(cards.first).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "fr-FR")
    keep(page, "launcher")


@pytest.mark.parametrize(
    ("title", "own"),
    [("Carnets", "Python"), ("Boulier", "Python"), ("Dessin", "Terminal")],
    ids=["notebooks", "consoles", "other"],
)
def test_tools_of_the_settings_stand_in_the_rows_of_jupyterlab(page: Page, title: str, own: str) -> None:
    """By the title that JupyterLab gives a row in this language: one row, and not two of a kind."""
    launcher = page.locator(".jp-Launcher")
    row = launcher.locator(".jp-Launcher-section", has=page.locator(".jp-LauncherCard", has_text=title))

    expect(row.locator(".jp-LauncherCard", has_text=own).first).to_be_visible()
    titles = launcher.locator(".jp-Launcher-sectionTitle").all_inner_texts()
    assert len(titles) == len(set(titles)), titles


def test_a_tool_of_the_settings_has_the_icon_that_they_give(page: Page) -> None:
    """In a row of kernels, where the launcher shows pictures, and in the others."""
    picture = page.locator(".jp-LauncherCard", has_text="Carnets").locator("img")
    drawn = page.locator(".jp-LauncherCard", has_text="Dessin").locator("svg path")

    expect(picture).to_have_js_property("naturalWidth", 24)
    expect(picture).to_have_attribute("src", re.compile(r"^data:image/svg\+xml,.*M3%203h18v18z"))
    expect(drawn).to_have_attribute("d", "M3 5h18")


def test_the_status_bar(page: Page) -> None:
    """What is used, with the units and the comma of French."""
    said = page.locator(".jp-StatusBar-TextItem", has_text="Mémoire")

    size = r"(\d+\xa0Mo|\d+,\d\xa0Go)"
    memory, cpu = rf"Mémoire\xa0: {size}( sur {size})?", r"CPU \d+,\d( sur \d+(,\d)?)?"
    expect(said).to_have_text(re.compile(rf"^{memory} · {cpu}( · Disque .*)?( · encore .*)?$"))


def test_the_palette_and_a_dialog(page: Page) -> None:
    """A command of ours, below a heading of ours, and what it asks."""
    palette(page, "")
    expect(page.locator(".lm-CommandPalette-header", has_text=re.compile("^Serveur$"))).to_have_count(1)
    palette(page, "prolonger")
    keep(page, "palette")
    page.locator(".lm-CommandPalette-item", has_text="Prolonger mon serveur").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(re.compile("^Ce serveur se termine dans \\d+\xa0h"))).to_be_visible()
    expect(dialog.get_by_role("button", name="Prolonger")).to_be_visible()
    keep(page, "dialog")
    dialog.get_by_role("button", name="Annuler").click()


def test_a_notification(page: Page, stack: Stack) -> None:
    """What was done, or that there was nothing to do."""
    assert stack
    page.get_by_text("Fichier", exact=True).first.wait_for()
    page.evaluate("""async () => {
      const xsrf = document.cookie.split("; ").map((c) => c.split("=")).find(([n]) => n === "_xsrf")?.[1] ?? "";
      const headers = { "X-XSRFToken": xsrf, "Content-Type": "application/json" };
      const body = JSON.stringify({ type: "file", format: "text", content: "print(1)" });
      await fetch("/user/amelie/api/contents/essai.py", { method: "PUT", headers, body });
    }""")
    page.get_by_role("button", name="Rafraîchir le navigateur de fichiers").click()
    page.wait_for_timeout(500)
    page.locator("#filebrowser .jp-DirListing-item", has_text="essai.py").click(button="right")
    expect(page.get_by_role("menuitem", name="Exécuter comme application")).to_be_visible()
    keep(page, "menu")
    page.get_by_role("menuitem", name="Arrêter l’application").click()
    expect(page.get_by_text("Ce fichier n’est pas en cours d’exécution comme application.")).to_be_visible()
    keep(page, "notification")


def test_what_our_server_refuses(page: Page) -> None:
    """It speaks the same language."""
    page.locator("#filebrowser .jp-DirListing-item", has_text="essai.py").click(button="right")
    page.get_by_role("menuitem", name="Exécuter comme application").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Ce fichier ne peut pas être exécuté comme application")).to_be_visible()
    expect(dialog.get_by_text("Aucune bibliothèque d’applications n’a été reconnue dans essai.py.")).to_be_visible()
    keep(page, "refusal")
    dialog.get_by_role("button").last.click()


def test_the_data_store(page: Page) -> None:
    """Its panel and the person's places."""
    page.get_by_role("tab", name="Stockage de données").click()
    panel = page.get_by_role("region", name="Stockage de données")
    expect(panel.get_by_text("Mon espace")).to_be_visible()
    panel.get_by_text("Mon espace").dblclick()
    expect(panel.get_by_text("Il n’y a encore rien ici.")).to_be_visible()
    keep(page, "data")


def test_the_menu(page: Page) -> None:
    """The way to the page of the hub."""
    page.get_by_role("menuitem", name="Fichier").click()
    expect(page.get_by_role("menuitem", name="Vos données\xa0: espaces et clés")).to_be_visible()
    keep(page, "file-menu")
    page.keyboard.press("Escape")


def test_another_language_of_jupyterlab_wins(page: Page) -> None:
    """Whoever chooses English there has English, ours too."""
    page.evaluate(CHOOSE, ["/user/amelie/", "en"])
    page.reload()
    page.locator("#jp-main-dock-panel").wait_for()
    page.get_by_role("tab", name="Data Store").wait_for()
    page.evaluate(CHOOSE, ["/user/amelie/", "fr_FR"])


def test_the_pages_of_a_server(page: Page, stack: Stack) -> None:
    """Where a tool is not there, and where a link leads nowhere."""
    page.goto(f"{stack.url}/user/amelie/tools/mlflow/")
    expect(page.get_by_role("heading", name="MLflow n’a pas démarré")).to_be_visible()
    expect(page.get_by_text("MLflow n’est pas installé ici.")).to_be_visible()
    keep(page, "tool")
    page.goto(f"{stack.url}/user/amelie/git-pull?repo=http://127.0.0.1:1/cours.git")
    expect(page.get_by_role("heading", name="cours n’a pas pu être récupéré")).to_be_visible()
    expect(page.get_by_text("Le site qui l’héberge ne répond pas. Réessayez plus tard.")).to_be_visible()
    keep(page, "link")
