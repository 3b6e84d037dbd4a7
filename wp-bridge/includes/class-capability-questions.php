<?php
/**
 * Answers about capabilities.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Says whether users may do things, per object, as WordPress and every plugin on this site see it.
 *
 * @phpstan-type Check array{capability: string, objects?: list<int|string>}
 * @phpstan-type Question array{userId: int, checks: list<Check>}
 */
final class Capability_Questions {

	/**
	 * Availability of application passwords.
	 *
	 * @var Application_Password_Availability
	 */
	private $availability;

	/**
	 * Takes its collaborators.
	 *
	 * @param Application_Password_Availability $availability Availability of application passwords.
	 */
	public function __construct( Application_Password_Availability $availability ) {
		$this->availability = $availability;
	}

	/**
	 * Answers questions, in their order.
	 *
	 * @param list<Question> $questions Questions, valid by the route's schema.
	 * @return list<array{exists: bool, applicationPasswordsAvailable: bool, checks: list<bool>}>
	 */
	public function answer( array $questions ): array {
		return array_map( array( $this, 'answer_one' ), $questions );
	}

	/**
	 * Answers one question. An unknown user may do nothing.
	 *
	 * @param Question $question Question.
	 * @return array{exists: bool, applicationPasswordsAvailable: bool, checks: list<bool>}
	 */
	private function answer_one( array $question ): array {
		$user   = get_userdata( $question['userId'] );
		$checks = array();
		foreach ( $question['checks'] as $check ) {
			$checks[] = false !== $user && $this->may( $user, $check['capability'], $check['objects'] ?? array() );
		}
		return array(
			'exists'                        => false !== $user,
			'applicationPasswordsAvailable' => false !== $user && $this->availability->for_user( $user ),
			'checks'                        => $checks,
		);
	}

	/**
	 * Whether a user may. A plugin that fails at the question is a no, and what it or core prints about posts or types
	 * that don't exist (map_meta_cap) stays out of the answer.
	 *
	 * @param \WP_User         $user       User.
	 * @param string           $capability Capability.
	 * @param list<int|string> $objects    What it is about: a post's id, for one.
	 */
	private function may( \WP_User $user, string $capability, array $objects ): bool {
		add_filter( 'doing_it_wrong_trigger_error', '__return_false', PHP_INT_MAX );
		ob_start();
		try {
			return user_can( $user, $capability, ...$objects );
		} catch ( \Throwable $failure ) {
			return false;
		} finally {
			ob_end_clean();
			remove_filter( 'doing_it_wrong_trigger_error', '__return_false', PHP_INT_MAX );
		}
	}
}
