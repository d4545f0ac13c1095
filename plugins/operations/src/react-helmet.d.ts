// The package has no types of its own; this is what is used of it.
declare module 'react-helmet' {
  import type { Component } from 'react';

  /** Sets the title of the document; the one that was rendered last wins. */
  export class Helmet extends Component<{
    title: string;
    titleTemplate?: string;
  }> {
    /** What was rendered last. */
    static peek(): { title: string };
  }
}
