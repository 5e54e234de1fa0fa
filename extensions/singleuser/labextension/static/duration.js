// Durations as people say them.
import { trans } from "./words.js";

export function duration(seconds) {
  if (seconds < 60) return trans.__("less than a minute");
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return trans.__("%1 min", minutes);
  if (minutes < 10 * 60 && minutes % 60) return trans.__("%1 h %2 min", Math.floor(minutes / 60), minutes % 60);
  if (minutes < 48 * 60) return trans.__("%1 h", Math.round(minutes / 60));
  return trans.__("%1 days", Math.round(minutes / 60 / 24));
}
