// The service worker of the phone app: keeps the shell (never anybody's data) and shows what is pushed.
// The server puts `const SHELL = {name, files, page};` above this.
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL.name).then((cache) => cache.addAll(SHELL.files)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("hark-phone-") && name !== SHELL.name) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  const opens = event.request.mode === "navigate" && (address.pathname === "/phone" || address.pathname.startsWith("/phone/"));
  if (opens) event.respondWith(caches.match(SHELL.page).then((page) => page ?? fetch(event.request)));
  else if (SHELL.files.includes(address.pathname)) event.respondWith(caches.match(address.pathname).then((file) => file ?? fetch(event.request)));
});

self.addEventListener("push", (event) => {
  event.waitUntil((async () => {
    const { notification: said } = event.data.json();
    const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const looking = windows.find((one) => one.focused && one.visibilityState === "visible" && one.url.startsWith(said.navigate));
    if (looking) return;
    await self.registration.showNotification(said.title, {
      body: said.body, tag: said.tag, lang: said.lang, data: said.navigate, icon: SHELL.icon, badge: SHELL.badge, renotify: true,
    });
  })());
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const address = new URL(event.notification.data || "/phone", location.origin);
    if (address.origin !== location.origin) return;
    const windows = await self.clients.matchAll({ type: "window" });
    const open = windows.find((one) => new URL(one.url).pathname.startsWith("/phone"));
    if (!open) return self.clients.openWindow(address.href);
    open.postMessage({ open: address.pathname });
    return open.focus();
  })());
});
