import { useEffect, useState } from 'react';

/** Return a value as it was when it last stayed the same for `milliseconds`. The value is a text, or compared by identity. */
export function useSettled<Value>(value: Value, milliseconds = 400): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}
