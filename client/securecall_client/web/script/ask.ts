/** What is asked of the program beside the pages themselves, which htmx asks for: each with this tab's token. */

import { lock, token } from "./token";

/** What is answered to nobody's or an old token: locked, and refused. */
const SHUT = [401, 403];

interface Request {
  body?: BodyInit | null;
  headers?: Record<string, string>;
  keepalive?: boolean;
  method?: string;
}

/** Whether an answer says that this tab's token is no longer good. */
export function isShut(answer: Response): boolean {
  return SHUT.includes(answer.status);
}

/** Asks, and locks where the token is no longer good. */
export async function ask(path: string, request: Request = {}): Promise<Response> {
  const headers = { ...request.headers, "X-SecureCall-Token": token() ?? "" };
  const answer = await fetch(path, { ...request, headers, cache: "no-store", redirect: "error" });
  if (isShut(answer)) lock();
  return answer;
}

/** Sends something to the program. */
export function post(path: string, body: BodyInit | null, more: Request = {}): Promise<Response> {
  return ask(path, { ...more, method: "POST", body });
}
