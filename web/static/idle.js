// Asks, before a session ends, whether somebody is still there.

const SECOND = 1000;

export function warnWhenIdle() {
  const dialog = document.getElementById("idle");
  if (!dialog) return;
  const said = document.getElementById("idle-said");
  const warned = Number(dialog.dataset.warned);
  let opening;
  let closing;

  const over = (title = "You have been signed out") => {
    dialog.querySelector("h2").textContent = title;
    dialog.querySelector("p").textContent = "Send what you typed: it is kept until you have signed in again.";
    dialog.querySelector("button").textContent = "Close";
    dialog.dataset.over = "yes";
  };
  const ask = () => {
    if (!dialog.open) dialog.showModal();
    said.textContent = "You will be signed out in 2 minutes.";
  };
  const wait = (left) => {
    clearTimeout(opening);
    clearTimeout(closing);
    opening = setTimeout(ask, Math.max(0, left - warned) * SECOND);
    closing = setTimeout(() => over(), left * SECOND);
  };
  const stay = async () => {
    if (dialog.dataset.over) return dialog.close();
    try {
      const answer = await fetch("/stay-signed-in", { credentials: "same-origin", redirect: "error" });
      const { left } = await answer.json();
      if (left <= warned) return over("You must sign in again, for you have been signed in for 8 hours");
      dialog.close();
      said.textContent = "You are still signed in.";
      wait(left);
    } catch {
      over();
    }
  };

  dialog.querySelector("[data-stay]").addEventListener("click", stay);
  // Escape means the same as the one button.
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });
  wait(Number(dialog.dataset.left));
}
