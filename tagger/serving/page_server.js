// Requests to the server of the page. An error is an object with `message` and `hint`.

export const models = async () => (await request("models")).models;

export const tag = (body, signal) => request("tag", body, signal);

export const inspect = (body, signal) => request("inspect", body, signal);

async function request(path, body, signal) {
  let response;
  try {
    const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    response = await fetch(path, { signal, ...(body && options) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw problem("the server does not answer", "start it again with `tagger serve MODEL`, then press Tag");
  }
  let answer;
  try {
    answer = await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw problem(`the server's answer is not JSON (status ${response.status})`);
  }
  if (!response.ok) throw problem(answer.error ?? `the server refused with status ${response.status}`, answer.hint);
  return answer;
}

const problem = (message, hint = null) => ({ message, hint });
