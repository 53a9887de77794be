// Sends messages by nodemailer's pool, signed with DKIM: `node _nodemailer.js WORK`, WORK a JSON file; prints seconds.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");

const work = JSON.parse(readFileSync(process.argv[2], "utf8"));
const nodemailer = createRequire(work.modules + "/")("nodemailer");
const pool = nodemailer.createTransport({
  pool: true, host: "127.0.0.1", port: work.port, secure: false, ignoreTLS: true,
  maxConnections: work.connections, maxMessages: Infinity,
  dkim: { domainName: "musterstadt.example", keySelector: "n1", privateKey: readFileSync(work.key, "utf8") },
});

function message(number) {
  const leave = `https://news.musterstadt.example/unsubscribe/${String(number).padStart(40, "a")}`;
  return {
    from: "Presse <presse@musterstadt.example>", to: `leser${number}@stadt.example`, subject: work.subject,
    text: work.text.replaceAll("{link}", leave), html: work.html.replaceAll("{link}", leave),
    list: { unsubscribe: { url: leave, comment: "" } }, headers: { "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
  };
}

async function main() {
  const began = process.hrtime.bigint();
  let next = 0;
  async function one() {
    while (next < work.messages) await pool.sendMail(message(next++));
  }
  await Promise.all(Array.from({ length: work.connections * 2 }, one));
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  pool.close();
  console.log(JSON.stringify({ seconds, version: nodemailer.createTransport({}).transporter.version }));
}

main();
