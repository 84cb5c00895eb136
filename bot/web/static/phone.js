"use strict";

// One card a phone: shows its conversation, sends what is typed. The server is asked again every second.

const POLL_MS = 1000;
const cards = [];

async function ask(url, body) {
  const options = body && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  const answer = await fetch(url, options || {});
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Error(typeof problem.detail === "string" ? problem.detail : "The service did not take that.");
  }
  return answer.json();
}

function national(number) {
  return number.replace(/^\+44(\d{4})(\d{6})$/, "0$1 $2");
}

function button(option, message, tap) {
  const element = document.createElement("button");
  element.type = "button";
  element.append(option.title);
  if (option.description) {
    const more = document.createElement("small");
    more.textContent = option.description;
    element.append(more);
  }
  element.addEventListener("click", () => tap(option, message));
  return element;
}

// What may be tapped below a message: up to three buttons, or one that opens a list.
function taps(message, tap) {
  const element = document.createElement(message.choose ? "details" : "div");
  element.className = "taps";
  if (message.choose) {
    const summary = document.createElement("summary");
    summary.textContent = message.choose;
    element.append(summary);
    element.addEventListener("toggle", () => element.open && element.scrollIntoView({ block: "nearest" }));
  }
  element.append(...message.options.map((option) => button(option, message, tap)));
  return element;
}

function bubble(message, tap) {
  const element = document.createElement("div");
  element.className = `bubble ${message.direction}`;
  element.append(message.text || "(no words)");
  if (message.options) element.append(taps(message, tap));
  if (message.direction === "out") {
    const note = document.createElement("small");
    const texts = message.segments === 1 ? "1 text" : `${message.segments} texts`;
    note.textContent = `${texts}, ${message.encoding}, ${message.status}`;
    element.append(note);
  }
  return element;
}

class Card {
  constructor(section, number, index) {
    this.number = number;
    this.shown = "";
    this.asked = 0;
    this.answered = 0;
    section.append(document.getElementById("phone").content.cloneNode(true));
    this.section = section;
    this.log = section.querySelector(".log");
    this.problem = section.querySelector(".problem");
    this.channel = section.querySelector("select");
    this.text = section.querySelector("textarea");
    const title = section.querySelector("h2");
    title.id = `title-${index}`;
    title.textContent = national(number);
    this.log.setAttribute("aria-label", `Messages of ${national(number)}`);
    this.text.id = `text-${index}`;
    const label = section.querySelector("form label");
    label.htmlFor = this.text.id;
    label.textContent = `Message from ${national(number)}`;
    section.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        this.send();
      }
    });
    this.channel.addEventListener("change", () => {
      section.classList.toggle("whatsapp", this.channel.value === "whatsapp");
      this.log.ariaBusy = "true";
      this.refresh();
    });
  }

  async send() {
    const body = this.text.value;
    if (!body.trim()) return;
    this.text.value = "";
    if (!(await this.post({ body }))) this.text.value = body;
    await this.refresh();
  }

  async tap(option, message) {
    const { payload, title } = option;
    await this.post({ body: title, payload, from_list: Boolean(message.choose), answers: message.sid });
    await this.refresh();
    this.text.focus();
  }

  async post(sent) {
    try {
      await ask("/dev/phone/send", { number: this.number, channel: this.channel.value, ...sent });
      this.problem.textContent = "";
      return true;
    } catch (error) {
      this.problem.textContent = error.message;
      return false;
    }
  }

  async refresh() {
    const channel = this.channel.value;
    const asked = (this.asked += 1);
    const answer = await ask(`/dev/phone/messages?${new URLSearchParams({ number: this.number, channel })}`);
    // An answer that was overtaken, or is of the channel before, would show what is no longer so.
    if (asked < this.answered || channel !== this.channel.value) return;
    this.answered = asked;
    this.log.ariaBusy = "false";
    document.getElementById("now").textContent = answer.now;
    const state = JSON.stringify(answer.messages);
    if (state === this.shown) return;
    this.shown = state;
    this.log.replaceChildren(...answer.messages.map((message) => bubble(message, (...tapped) => this.tap(...tapped))));
    this.log.scrollTop = this.log.scrollHeight;
  }
}

function add(section, number) {
  cards.push(new Card(section, number, cards.length + 1));
}

async function poll() {
  const happened = document.getElementById("happened");
  try {
    await Promise.all(cards.map((card) => card.refresh()));
    if (happened.dataset.lost) {
      happened.textContent = "";
      delete happened.dataset.lost;
    }
  } catch {
    happened.textContent = "The service does not answer. Trying again.";
    happened.dataset.lost = "yes";
  }
  setTimeout(poll, POLL_MS);
}

for (const section of document.querySelectorAll(".phone")) add(section, section.dataset.number);

document.getElementById("add").addEventListener("click", () => {
  const section = document.createElement("section");
  section.className = "phone";
  section.setAttribute("aria-labelledby", `title-${cards.length + 1}`);
  document.getElementById("phones").append(section);
  add(section, `+4477009001${String(cards.length + 1).padStart(2, "0")}`);
  cards.at(-1).refresh();
  cards.at(-1).text.focus();
});

for (const button of document.querySelectorAll("[data-later]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    const happened = document.getElementById("happened");
    try {
      const answer = await ask("/dev/later", { hours: Number(button.dataset.later) });
      const sent = answer.counts.messages_sent || 0;
      happened.textContent = sent === 1 ? "1 message was sent." : `${sent} messages were sent.`;
    } catch (error) {
      happened.textContent = error.message;
    }
    button.disabled = false;
    await Promise.all(cards.map((card) => card.refresh()));
  });
}

poll();
