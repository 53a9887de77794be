// What passing a page on can do besides its link: copy it, and open the device's own menu. Without this script the link and
// a mail are there all the same. Nothing is asked of anybody else.
const { href } = document.getElementById("share-link");
const copy = document.getElementById("share-copy");
const menu = document.getElementById("share-menu");
const said = document.getElementById("share-status");

if (navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    said.textContent = "";
    try {
      await navigator.clipboard.writeText(href);
      said.textContent = copy.dataset.done;
    } catch {
      said.textContent = copy.dataset.failed;
    }
  });
}

if (navigator.share) {
  menu.hidden = false;
  menu.addEventListener("click", () => navigator.share({ title: document.title, url: href }).catch(() => {}));
}
