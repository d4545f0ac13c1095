import express, { type RequestHandler } from 'express';
import { MalformedRequestError } from './parse';
import { refusal, sentence } from './sentences';

const FORM = 'application/x-www-form-urlencoded';

/**
 * Parses the body of a form as `URLSearchParams` does (WHATWG's URL standard), field by field to
 * texts. What is no UTF-8 becomes U+FFFD, and so does NUL: a program's output may hold anything.
 */
export function createFormParser(limit: string): RequestHandler {
  const readText = express.text({ type: FORM, limit });
  return (req, res, next) => {
    readText(req, res, (error?: unknown) => {
      if (error || typeof req.body !== 'string') {
        next(error);
        return;
      }
      const fields = new Map<string, string>();
      for (const [name, value] of new URLSearchParams(req.body)) {
        if (fields.has(name)) {
          next(
            refusal(
              MalformedRequestError,
              sentence('field-twice', { field: `body.${name}` }),
            ),
          );
          return;
        }
        fields.set(name, value.replaceAll('\0', '\ufffd'));
      }
      req.body = Object.fromEntries(fields);
      next();
    });
  };
}
