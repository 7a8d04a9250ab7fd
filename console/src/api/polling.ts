/** How often work under way is read again, in milliseconds. The event stream usually tells sooner. */
export const pollMilliseconds = 2000;

/** Return the `refetchInterval` of an answer: it is read again while its work is under way. */
export function pollWhile(underWay: boolean): number | false {
  return underWay ? pollMilliseconds : false;
}
