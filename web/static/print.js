// Lets a record be printed, or saved as a file, from its own page; without scripts the browser's menu does it.

export function offerPrint() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
