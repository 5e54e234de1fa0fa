// On every page: the theme switch, times in the reader's own zone, and where one is in sight. Without it the pages work as well.
import { locale } from "./language.js";

const THEME = "jupyterhub-bs-theme";

function isDark() {
  const chosen = document.documentElement.getAttribute("data-bs-theme");
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

for (const button of document.querySelectorAll("[data-theme-toggle]")) {
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.setAttribute("data-bs-theme", theme);
    localStorage.setItem(THEME, theme);
  });
}

function showTimes() {
  const today = new Date().toDateString();
  for (const time of document.querySelectorAll("time[datetime]")) {
    const then = new Date(time.dateTime);
    if (Number.isNaN(then.getTime())) continue;
    const clock = { hour: "2-digit", minute: "2-digit", hour12: false };
    const day = then.toDateString() === today ? {} : { weekday: "long", day: "numeric", month: "long" };
    time.textContent = new Intl.DateTimeFormat(locale, { ...day, ...clock }).format(then);
  }
}

showTimes();
document.addEventListener("sx-changed", showTimes);

// On a phone the row of pages is longer than the window.
const here = document.querySelector(".sx-nav [aria-current]");
if (here) {
  const [row, tab] = [here.parentElement, here].map((each) => each.getBoundingClientRect());
  here.parentElement.scrollLeft += tab.left + tab.width / 2 - row.left - row.width / 2;
}

for (const menu of document.querySelectorAll(".sx-menu")) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}
