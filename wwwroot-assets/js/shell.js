// What only the browser can do: theme before the first paint, keys that work everywhere, dialogs, copying, and a calm
// way back when the connection to the server was lost.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const more = window.matchMedia("(prefers-contrast: more)");

  const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(name + "="))?.slice(name.length + 1);
  const keep = (name, value) => { document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax`; };

  const applyTheme = () => {
    const chosen = cookie("theme") || "system";
    const theme = chosen === "system" ? (more.matches ? "contrast" : dark.matches ? "dark" : "light") : chosen;
    if (root.dataset.theme !== theme) {
      root.dataset.theme = theme;
    }

    for (const sheet of document.querySelectorAll("link[data-theme-sheet]")) {
      const off = sheet.dataset.themeSheet !== (theme === "contrast" ? "dark" : theme);
      if (sheet.disabled !== off) {
        sheet.disabled = off;
      }
    }
  };

  applyTheme();

  // A page that is fetched and merged into this one, as after the sign-in, brings the attributes the server knows.
  const merged = new MutationObserver(applyTheme);
  merged.observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  merged.observe(document.head, { attributes: true, childList: true, subtree: true, attributeFilter: ["disabled"] });
  dark.addEventListener("change", applyTheme);
  more.addEventListener("change", applyTheme);
  keep("zone", Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC");

  let palette = null;
  let paletteWanted = false;

  // Whether something was typed that a reload would lose: filters stand in the address, and whoever follows a link leaves it.
  let dirty = false;
  document.addEventListener("input", (event) => { dirty ||= !event.target.closest(".filters"); });
  document.addEventListener("click", (event) => { dirty &&= !event.target.closest("a[href]"); });

  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("[data-unsaved]")) {
      event.preventDefault();
    }
  });

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      window.shell.openPalette();
      return;
    }

    // What the page is there for, also out of a field: the focus leaves it first, so that the page knows what was typed.
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !event.repeat && !event.target.closest?.("dialog[open]") && press("Ctrl+Enter")) {
      event.preventDefault();
      return;
    }

    onKey(event);
  });

  // Single keys act unless something is being typed or asked, and unless somebody turned them off.
  const keysAct = () => cookie("keys") !== "off";
  const places = { t: "triage", h: "health", f: "failures", r: "replays", u: "runs", c: "circuits", m: "metrics", a: "alerts", l: "timeline", d: "audit", i: "integrations" };
  let chordUntil = 0;

  const onKey = (event) => {
    const typing = event.target.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable], dialog[open]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !keysAct() || !(event.key.length === 1 || event.key === "Backspace" || (event.key === "Enter" && (event.shiftKey || cardInFocus() || besideOf(rowInFocus()))) || (event.key === "Escape" && drawer()))) {
      return;
    }

    if (event.key === "Escape") {
      drawer().querySelector("[data-drawer-close]").click();
      event.preventDefault();
      return;
    }

    if (event.key === "Enter" && besideOf(rowInFocus())) {
      if (event.shiftKey) {
        document.activeElement.click();
      } else {
        showBeside(rowInFocus());
      }

      event.preventDefault();
      return;
    }

    if (event.key === "Enter") {
      if (event.shiftKey ? !document.activeElement?.closest("button, summary") && openBeside() : !event.repeat && actOnCard()) {
        event.preventDefault();
      }

      return;
    }

    if (performance.now() < chordUntil) {
      chordUntil = 0;
      if (goTo(event.key)) {
        event.preventDefault();
        return;
      }
    }

    if (openCard(event.key) || press(event.key) || ownKey(event.key)) {
      event.preventDefault();
    }
  };

  // What says so on the page: in the row that has the focus before elsewhere. What belongs to one row of many is pressed
  // only in the row that has the focus: nobody means the first one by accident.
  const press = (key) => {
    const named = `[data-key="${CSS.escape(key)}"]`;
    const inRow = `${named}, [data-row-key="${CSS.escape(key)}"]`;
    const target = [document.activeElement?.closest("tr, article")?.querySelector(inRow), ...document.querySelectorAll(named)].find((found) => found?.getClientRects().length > 0);
    if (!target || target.disabled) {
      return false;
    }

    target.focus();
    target.click();
    return true;
  };

  // A card of triage by its number, with all that is folded up in it. What it can do takes a second key: a digit that
  // slipped starts nothing.
  const cardInFocus = () => document.activeElement?.matches("article.cause") ? document.activeElement : null;
  const openCard = (key) => {
    const card = /^[1-9]$/.test(key) ? document.querySelector(`article.cause[data-card="${key}"]`) : null;
    for (const folded of card?.querySelectorAll("details") ?? []) {
      folded.open = true;
    }

    card?.focus();
    return Boolean(card);
  };

  const actOnCard = () => {
    const action = cardInFocus()?.querySelector(".button.primary:not(:disabled)");
    action?.focus();
    action?.click();
    return Boolean(action);
  };

  // What a row stands for beside the list: pressed on the row's link, where there is room for both. Pressed again the focus
  // goes there; closed, it comes back to the row.
  const drawer = () => [...document.querySelectorAll("[data-drawer-open]")].find((found) => found.getClientRects().length > 0);
  const besideOf = (row) => [...(row?.querySelectorAll("[data-drawer]") ?? [])].find((found) => found.getClientRects().length > 0);
  const rowInFocus = () => document.activeElement?.matches("tr a.row-link") ? document.activeElement.closest("tr") : null;
  const showBeside = (row) => {
    const button = besideOf(row);
    if (button.getAttribute("aria-pressed") === "true") {
      drawer()?.querySelector("h2").focus();
    } else {
      button.click();
    }
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-drawer-close]")) {
      document.querySelector('[data-drawer][aria-pressed="true"]')?.closest("tr").querySelector("a.row-link").focus();
    }
  });

  // Only where the rail leads: it knows what the reader may see.
  const goTo = (key) => {
    const link = places[key] && document.querySelector(`.rail nav a[href$="/${places[key]}"]`);
    link?.click();
    return Boolean(link);
  };

  const rows = () => [...document.querySelectorAll("main tbody tr a[href], main article.cause h2, main article a.row-link")]
    .reduce((found, element) => {
      const row = element.closest("tr, article");
      const stop = row.querySelector("a.row-link, a[href], button");
      return !stop || found.includes(stop) || row.getClientRects().length === 0 ? found : [...found, stop];
    }, []);

  const step = (by) => {
    const all = rows();
    const row = document.activeElement?.closest("tr, article");
    const at = all.findIndex((stop) => stop.closest("tr, article") === row);
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
    const beside = drawer() && besideOf(next?.closest("tr"));
    if (beside?.getAttribute("aria-pressed") === "false") {
      beside.click();
    }

    return Boolean(next);
  };

  // What stands in the row, or is the link itself, in a tab of its own.
  const openBeside = () => {
    const link = document.activeElement?.closest("a[href]") ?? document.activeElement?.closest("tr, article")?.querySelector("a[href]");
    if (link) {
      window.open(link.href, "_blank", "noopener");
    }

    return Boolean(link);
  };

  // The first thing that can be done with the row; else with what is selected, else with the page.
  const toActions = (row) => {
    const usable = ":is(button:not(:disabled), a.button, summary):not(.quiet)";
    const places = [row, document.querySelector("main .selection-bar"), document.querySelector("main .page-head .actions")];
    const action = places.flatMap((place) => [...(place?.querySelectorAll(usable) ?? [])]).find((found) => found.getClientRects().length > 0);
    action?.focus();
    return Boolean(action);
  };

  // From the row that was selected last to this one, all as that one is.
  let lastBox = null;
  const boxOf = (row) => row?.querySelector("input[type=checkbox]:not(:disabled)");
  const selectRange = (row) => {
    const box = boxOf(row);
    const all = [...(row?.closest("tbody")?.rows ?? [])].map(boxOf).filter(Boolean);
    const from = all.indexOf(lastBox);
    const to = all.indexOf(box);
    if (to < 0) {
      return false;
    }

    if (from < 0) {
      box.click();
    } else {
      for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1).filter((one) => one.checked !== lastBox.checked)) {
        one.click();
      }
    }

    lastBox = box;
    return true;
  };

  const ownKey = (key) => {
    const row = document.activeElement?.closest("tr, article");
    switch (key) {
      case "g":
        chordUntil = performance.now() + 1500;
        return true;
      case "j":
        return step(1);
      case "k":
        return step(-1);
      case "o":
        return Boolean(row) && openBeside();
      case ".":
        return toActions(row);
      case "X":
        return selectRange(row);

      case "x": {
        const box = boxOf(row);
        box?.click();
        lastBox = box ?? lastBox;
        return Boolean(box);
      }

      case "/": {
        const field = document.querySelector("main .filters input, main .filters select, main input[type=search]");
        field?.focus();
        return Boolean(field);
      }

      case "?":
        window.shell.showKeys();
        return true;
      default:
        return false;
    }
  };

  // The list of views closes when somebody goes on elsewhere.
  const closeViews = (event) => {
    for (const open of document.querySelectorAll("details.views[open]")) {
      if (event.key === "Escape" || (event.type === "click" && !open.contains(event.target) && !event.target.closest("dialog"))) {
        open.open = false;
        if (event.key === "Escape") {
          open.querySelector("summary").focus();
        }
      }
    }
  };
  document.addEventListener("click", closeViews);
  document.addEventListener("keydown", closeViews);

  // Charts that stand together share one line through the moment that is pointed at.
  document.addEventListener("pointermove", (event) => {
    const area = event.target.closest?.(".plots .plot-area");
    const group = area?.closest(".plots") ?? document.querySelector(".plots.crossed");
    group?.classList.toggle("crossed", Boolean(area));
    if (area) {
      const box = area.getBoundingClientRect();
      group.style.setProperty("--plot-x", `${(100 * (event.clientX - box.left)) / box.width}%`);
    }
  }, { passive: true });

  // What has the focus may be disabled while its command is carried out, be moved, or go away with its row. Who works with
  // the keyboard is not thrown back to the beginning of the page: the focus comes back with it, or goes to what stands next.
  const stops = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  const isUsable = (element) => element.isConnected && !element.disabled && element.getClientRects().length > 0;
  let held = null;
  const hold = (element) => {
    const all = [...(element.closest("main, dialog")?.querySelectorAll(stops) ?? [])];
    const at = all.indexOf(element);
    held = at < 0 ? null : { element, cell: element.closest("td, li"), near: [...all.slice(at + 1, at + 40), ...all.slice(Math.max(0, at - 40), at).reverse()] };
  };
  document.addEventListener("focusin", (event) => hold(event.target));
  document.addEventListener("pointerdown", (event) => { held = event.target.closest(stops) ? held : null; }, true);
  const isLost = () => held && document.activeElement === document.body && document.hasFocus();
  let looking = null;
  let lostSince = 0;
  const look = () => {
    looking = null;
    if (!isLost()) {
      lostSince = 0;
      return;
    }

    // What is disabled for good, as a draft's button is once it is saved, does not keep the focus waiting. Where a command
    // of a row gave way to another, such as "Close" in place of "Isolate", that one has it, as soon as it can.
    lostSince ||= performance.now();
    const isLate = performance.now() - lostSince > 1500;
    const isGone = isLate || !held.element.isConnected;
    const inCell = isGone && held.cell?.isConnected ? [...held.cell.querySelectorAll(stops)] : [];
    const target = [held.element, ...inCell, ...(isLate || (isGone && inCell.length === 0) ? held.near : [])].find(isUsable);
    if (target) {
      lostSince = 0;
      target.focus();
    } else if (!isLate) {
      looking = setTimeout(look, 200);
    }
  };

  // Not at once: on its way from one to the next the focus is nowhere for a moment.
  const giveBack = () => { looking ??= setTimeout(look, 40); };

  window.shell = {
    theme: () => cookie("theme") || "system",
    setTheme: (theme) => { keep("theme", theme); applyTheme(); },
    setPalette: (reference, dialog) => {
      palette = { reference, dialog };
      if (paletteWanted) {
        window.shell.openPalette();
      }
    },
    openPalette: () => {
      // Asked for before the page stands, it opens as soon as it does.
      paletteWanted = !palette;
      if (palette && !palette.dialog.open) {
        // Opened here and filled by the server: what is typed at once already goes into it.
        window.shell.open(palette.dialog);
        palette.reference.invokeMethodAsync("FillAsync");
      }
    },
    keys: () => keysAct(),
    setKeys: (on) => keep("keys", on ? "on" : "off"),
    showKeys: () => {
      const help = document.getElementById("key-help");
      if (help) {
        window.shell.open(help, "key-help-close");
      }
    },
    zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
    copy: (text) => navigator.clipboard.writeText(text),
    focus: (id) => { document.getElementById(id)?.focus(); },
    // The answer comes later than the click: who types somewhere by then goes on there.
    focusNext: (place) => {
      if (!document.activeElement?.matches("input, textarea, select")) {
        (typeof place === "string" ? document.getElementById(place) : place)?.focus();
      }
    },
    // The command of a page that is being gone to, as soon as the page speaks of what is meant and the command may be given.
    // Where it may not be, or somebody goes on elsewhere, the page is all there is.
    focusCommand: (path, key, name) => {
      const until = performance.now() + 8000;
      const reach = () => {
        const heading = document.querySelector("main h1");
        const isThere = location.pathname === path && heading?.textContent.includes(name) && (document.activeElement === heading || document.activeElement === document.body);
        const command = isThere ? [...document.querySelectorAll(`main [data-key="${key}"]`)].find(isUsable) : null;
        if (command) {
          command.focus();
        } else if (performance.now() < until) {
          setTimeout(reach, 100);
        }
      };
      reach();
    },
    focusProblem: () => {
      const field = document.querySelector('main [aria-invalid="true"]');
      const place = field ?? document.querySelector("main .callout.bad");
      const folded = place?.closest("details");
      if (folded) {
        folded.open = true;
      }

      place?.scrollIntoView({ block: "center" });
      field?.focus({ preventScroll: true });
    },
    scrollIntoView: (id) => { document.getElementById(id)?.scrollIntoView({ block: "nearest" }); },
    open: (dialog, first) => {
      if (!dialog.open) {
        const opener = document.activeElement === document.body ? held?.element : document.activeElement;
        dialog.addEventListener("close", () => {
          // The command may have disabled it for a while: it has the focus as soon as it can.
          held = null;
          if (opener && opener !== document.body) {
            hold(opener);
            opener.focus();
          }
        }, { once: true });
        dialog.showModal();
        document.getElementById(first)?.focus();
      }
    },
    close: (dialog) => {
      if (dialog.open) {
        dialog.close();
      }
    },
    download: async (name, stream) => {
      const bytes = await stream.arrayBuffer();
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([bytes]));
      link.download = name;
      link.click();
      URL.revokeObjectURL(link.href);
    },
  };

  // The secret of a one-time link stands behind the '#', which browsers keep to themselves; the form takes it from there.
  const takeSecret = () => {
    const field = document.querySelector("input[data-from-fragment]");
    if (field && location.hash.length > 1) {
      field.value = location.hash.slice(1);
      history.replaceState(null, "", location.pathname);
    }
  };

  const watchConnection = () => {
    const bar = document.getElementById("components-reconnect-modal");
    if (!bar) {
      return;
    }

    new MutationObserver(() => {
      const gone = bar.classList.contains("components-reconnect-rejected");
      if (gone && !dirty) {
        // The address holds the whole state of the page, and nothing was typed: nothing is lost by starting again.
        location.reload();
      }
    }).observe(bar, { attributes: true, attributeFilter: ["class"] });
  };

  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(giveBack).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["disabled"] });
    takeSecret();
    watchConnection();
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-reload]")) {
        location.reload();
      }
    });
    window.Blazor?.start({
      circuit: { reconnectionOptions: { maxRetries: 600, retryIntervalMilliseconds: (attempt) => Math.min(500 * (attempt + 1), 3000) } },
    });
  });
})();
