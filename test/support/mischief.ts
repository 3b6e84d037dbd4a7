import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestSite } from './stack.js';

/**
 * A plugin that misbehaves once a post is stored, as its title asks: `[die]` ends in a 500 after the deed, `[page]` answers
 * 200 with HTML, `[slow]` waits a second and a half, `[cut]` closes the connection without an answer. Posts have a
 * custom field `rating`, a number.
 */
export function addMischief(site: Pick<TestSite, 'path'>): void {
  const folder = join(site.path, 'wp-content', 'mu-plugins');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'mischief.php'), PLUGIN);
}

const PLUGIN = `<?php
add_action( 'init', function () {
  register_post_meta( 'post', 'rating', array( 'type' => 'integer', 'single' => true, 'show_in_rest' => true ) );
} );
add_action( 'rest_after_insert_post', function ( $post ) {
  if ( str_contains( $post->post_title, '[die]' ) ) { status_header( 500 ); exit( 'fatal' ); }
  if ( str_contains( $post->post_title, '[page]' ) ) { header( 'Content-Type: text/html' ); exit( '<h1>Hello</h1>' ); }
  if ( str_contains( $post->post_title, '[slow]' ) ) { usleep( 1500000 ); }
  if ( str_contains( $post->post_title, '[cut]' ) ) { posix_kill( getmypid(), 9 ); }
} );
`;
