/** An agent's hands: an MCP client, signed in with somebody's token. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

/** A connection to the portal's MCP server. */
export interface Agent {
  /** What it is offered, by the last part of the name. */
  tools(): Promise<Map<string, Tool>>;
  /** Calls one of the tools of Operations. */
  call(name: string, input?: object): Promise<Answer>;
  close(): Promise<void>;
}

/** A tool as it is offered. */
export interface Tool {
  name: string;
  annotations?: { destructiveHint?: boolean; readOnlyHint?: boolean };
  inputSchema: { properties?: object; required?: string[] };
}

/** What a call gave: the output, or the words of the refusal. */
export interface Answer {
  failed: boolean;
  text: string;
}

/** Connects as the person whose Backstage token this is. */
export async function connectAgent(
  portalUrl: string,
  token: string,
): Promise<Agent> {
  const client = new Client({ name: 'stories', version: '1' });
  await client.connect(
    new StreamableHTTPClientTransport(
      new URL(`${portalUrl}/api/mcp-actions/v1`),
      { requestInit: { headers: { authorization: `Bearer ${token}` } } },
    ),
  );
  const tools = async () => {
    const { tools: offered } = await client.listTools();
    return new Map<string, Tool>(
      offered.map(tool => [tool.name.replace(/^operations[.:_-]/, ''), tool]),
    );
  };
  return {
    tools,
    async call(name, input = {}) {
      const tool = (await tools()).get(name);
      if (!tool) throw new Error(`There is no tool ${name}`);
      const answer = await client.callTool({
        name: tool.name,
        arguments: { ...input },
      });
      const content = answer.content as Array<{ text?: string }>;
      return {
        failed: answer.isError === true,
        text: content.map(({ text }) => text ?? '').join('\n'),
      };
    },
    close: () => client.close(),
  };
}
