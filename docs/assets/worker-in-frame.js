// Browsers start no worker from a file. On a page that was opened from one, the search runs in a hidden frame instead:
// `importScripts` there returns a promise, as the search expects where the page has an `IFrameWorker`.
"use strict";
(() => {
  if (location.protocol !== "file:") return;

  class IFrameWorker extends EventTarget {
    constructor(address) {
      super();
      this.onmessage = this.onerror = null;
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.loaded = new Promise((resolve, reject) => {
        this.frame.addEventListener("load", () => this.open(address).then(resolve, reject), { once: true });
      });
      document.body.append(this.frame);
    }

    async open(address) {
      const scope = this.frame.contentWindow;
      const load = (source) =>
        new Promise((resolve, reject) => {
          const script = scope.document.createElement("script");
          script.src = source;
          script.onload = () => resolve();
          script.onerror = () => reject(new Error(`${source} cannot be loaded`));
          scope.document.body.append(script);
        });
      scope.importScripts = async (...sources) => {
        for (const source of sources) await load(source);
      };
      scope.postMessage = (data) => this.emit("message", new MessageEvent("message", { data }));
      scope.addEventListener("error", (event) => this.emit("error", new ErrorEvent("error", { message: event.message })));
      await load(address);
    }

    emit(kind, event) {
      this.dispatchEvent(event);
      this[`on${kind}`]?.(event);
    }

    postMessage(data) {
      this.loaded.then(() => this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data })));
    }

    terminate() {
      this.frame.remove();
    }
  }

  window.IFrameWorker = window.Worker = IFrameWorker;
})();
