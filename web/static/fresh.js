// Keeps a board up to date while somebody looks at it, and says when it could not.

const EVERY = 60_000;

function inUse(place) {
  const focused = document.activeElement;
  const typing = focused && focused !== document.body && place.contains(focused);
  return typing || place.querySelector("input[type=checkbox]:checked, select:focus") !== null;
}

function say(place, text) {
  const line = place.querySelector("[data-refreshed]");
  if (line && line.textContent !== text) line.textContent = text;
}

function distrust(place) {
  const since = place.dataset.fresh;
  place.classList.add("daymark-stale");
  const line = place.querySelector("[data-refreshed]");
  if (line) line.classList.remove("govuk-visually-hidden");
  say(place, `This page could not be brought up to date since ${since}. Do not rely on it until it is.`);
}

async function refresh(place) {
  try {
    const answer = await fetch(location.href, {
      credentials: "same-origin",
      redirect: "error",
      // Nobody need be there: this keeps nobody signed in.
      headers: { "X-Daymark-Unattended": "yes" },
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-fresh]");
    if (!fresh) throw new Error("no board");
    // Somebody may have begun to choose while the answer was on its way.
    if (inUse(place)) return place;
    place.replaceWith(fresh);
    return fresh;
  } catch {
    distrust(place);
    return place;
  }
}

export function keepFresh(every = EVERY) {
  let place = document.querySelector("[data-fresh]");
  if (!place) return;
  const again = async () => {
    if (document.visibilityState === "visible" && !inUse(place)) place = await refresh(place);
  };
  setInterval(again, every);
  document.addEventListener("visibilitychange", again);
}
