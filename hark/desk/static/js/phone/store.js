// What this phone keeps (IndexedDB): conversations and cases that were primed, acts that wait to be sent, their files.
const NAME = "hark-phone";
const STORES = { things: "key", acts: "id", files: "id", facts: "name" };
let opened;

function open() {
  opened ??= new Promise((done, fail) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      for (const [name, key] of Object.entries(STORES)) asked.result.createObjectStore(name, { keyPath: key });
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => { asked.result.close(); opened = undefined; };
      done(asked.result);
    };
    asked.onerror = () => { opened = undefined; fail(asked.error); };
  });
  return opened;
}

const answered = (request) => new Promise((done, fail) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});

// One transaction: `work` gets the stores by name and must not wait for anything else. Durable before it resolves.
export async function change(names, work) {
  const database = await open();
  const transaction = database.transaction(names, "readwrite", { durability: "strict" });
  const finished = new Promise((done, fail) => {
    transaction.oncomplete = () => done();
    transaction.onerror = transaction.onabort = () => fail(transaction.error);
  });
  const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
  try {
    work(stores);
  } catch (error) {
    transaction.abort();
    await finished.catch(() => {});
    throw error;
  }
  await finished;
}

export const all = async (name) => answered((await open()).transaction(name).objectStore(name).getAll());
export const get = async (name, key) => answered((await open()).transaction(name).objectStore(name).get(key));
export const put = (name, value) => change([name], (stores) => stores[name].put(value));
export const fact = async (name) => (await get("facts", name))?.value;

export async function wipe() {
  (await open()).close();
  opened = undefined;
  await answered(indexedDB.deleteDatabase(NAME));
}
