/** The part of wpapi 1.2.2 that `wp-client.wpapi.ts` uses; the package ships no types. */
declare module 'wpapi' {
  export interface WpapiRequest {
    param(values: Readonly<Record<string, unknown>>): WpapiRequest;
    setHeaders(headers: Readonly<Record<string, string>>): WpapiRequest;
    toString(): string;
    get(): Promise<unknown>;
    create(data: unknown): Promise<unknown>;
    delete(data?: unknown): Promise<unknown>;
    readonly _options: { readonly headers?: Readonly<Record<string, string>> };
  }
  export interface WpapiTransport {
    get(request: WpapiRequest): Promise<unknown>;
    head(request: WpapiRequest): Promise<unknown>;
    post(request: WpapiRequest, data: unknown): Promise<unknown>;
    put(request: WpapiRequest, data: unknown): Promise<unknown>;
    delete(request: WpapiRequest, data?: unknown): Promise<unknown>;
  }
  export default class WPAPI {
    constructor(options: {
      readonly endpoint: string;
      readonly transport: WpapiTransport;
      readonly routes: Readonly<Record<string, never>>;
    });
    root(route: string): WpapiRequest;
  }
}
