// What the portal's pages do in a browser: say the reading time, open accordions, share.
"use strict";

const WORDS_PER_MINUTE = 200;

for (const place of document.querySelectorAll(".reading-time")) {
  const words = document.querySelector(".text").textContent.trim().split(/\s+/).length;
  const minutes = Math.max(1, Math.round(words / WORDS_PER_MINUTE));
  place.textContent = `Lesezeit: ${minutes} ${minutes === 1 ? "Minute" : "Minuten"}`;
}

for (const button of document.querySelectorAll(".accordion button")) {
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    document.getElementById(button.getAttribute("aria-controls")).hidden = !open;
  });
}

for (const button of document.querySelectorAll(".share button")) {
  button.addEventListener("click", async () => {
    if (button.dataset.action === "print") {
      window.print();
    } else {
      await navigator.clipboard.writeText(location.href);
      button.textContent = "Link kopiert";
    }
  });
}
