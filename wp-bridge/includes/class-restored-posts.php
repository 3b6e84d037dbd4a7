<?php
/**
 * What WordPress's REST API leaves undone when a post comes out of the trash.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * REST has no route for wp_untrash_post(): a post leaves the trash by being given another status. Its comments would stay
 * in the trash, and the notes about its former status with it. This does for the sidecar's requests what
 * wp_untrash_post() does besides.
 */
final class Restored_Posts {

	/**
	 * Who tells the sidecar's requests from others.
	 *
	 * @var Authentication
	 */
	private $authentication;

	/**
	 * Takes its collaborator.
	 *
	 * @param Authentication $authentication Authentication.
	 */
	public function __construct( Authentication $authentication ) {
		$this->authentication = $authentication;
	}

	/**
	 * Adds the hook.
	 */
	public function register(): void {
		add_action( 'transition_post_status', array( $this, 'complete' ), 10, 3 );
	}

	/**
	 * Brings the comments back and forgets the notes, as wp_untrash_post() does.
	 *
	 * @param string   $new_status The status that the post has now.
	 * @param string   $old_status The status that it had.
	 * @param \WP_Post $post       Post.
	 */
	public function complete( $new_status, $old_status, $post ): void {
		if ( 'trash' !== $old_status || 'trash' === $new_status || ! $this->authentication->is_sidecar() ) {
			return;
		}
		delete_post_meta( $post->ID, '_wp_trash_meta_status' );
		delete_post_meta( $post->ID, '_wp_trash_meta_time' );
		wp_untrash_post_comments( $post );
	}
}
