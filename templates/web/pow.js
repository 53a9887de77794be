// While very many forms come in, a form carries a ticket (docs/adr/0011): the browser finds a number for which the SHA-256
// of "ticket:number" begins with so many zero bits, and nobody has to wait. Without this script, waiting a minute does.
const proof = document.getElementById("proof");
const said = document.getElementById("proof-status");
const form = proof.form;
const { ticket, bits, busy, done } = proof.dataset;
const encoder = new TextEncoder();
let waiting = null;

function zeros(digest) {
  let count = 0;
  for (const byte of digest) {
    count += byte ? Math.clz32(byte) - 24 : 8;
    if (byte) break;
  }
  return count;
}

async function solve() {
  for (let number = 0; ; number++) {
    const digest = await crypto.subtle.digest("SHA-256", encoder.encode(`${ticket}:${number}`));
    if (zeros(new Uint8Array(digest)) >= Number(bits)) return String(number);
  }
}

if (globalThis.crypto?.subtle) {
  document.getElementById("proof-wait").hidden = true;
  said.textContent = busy;
  form.addEventListener("submit", (event) => {
    if (proof.value) return;
    event.preventDefault();
    waiting = event.submitter ?? form;
    said.textContent = "";
    said.textContent = busy;
  });
  solve().then((number) => {
    proof.value = number;
    said.textContent = done;
    if (waiting) form.requestSubmit(waiting === form ? undefined : waiting);
  });
}
