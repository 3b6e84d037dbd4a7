import express, { type Express, type ErrorRequestHandler } from 'express';
import helmet from 'helmet';

/**
 * What the admin listener serves: metrics, to whoever reaches it. It takes nothing in and knows no secrets, but what it tells
 * is for operators alone, so its address is one that only they reach.
 */
export function makeAdminApp(metrics: {
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(helmet());
  app.get('/metrics', async (_request, response) => {
    const { contentType, body } = await metrics.text();
    response.setHeader('Cache-Control', 'no-store').setHeader('Content-Type', contentType).send(body);
  });
  app.use((_request, response) => {
    response.status(404).type('text/plain').send('Here is /metrics, and nothing else.\n');
  });
  const failed: ErrorRequestHandler = (error, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    response.status(500).type('text/plain').send('The metrics could not be read.\n');
  };
  app.use(failed);
  return app;
}
