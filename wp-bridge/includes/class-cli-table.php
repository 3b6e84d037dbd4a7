<?php
/**
 * What WP-CLI offers.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * The commands `wp chaperone …`, each of them one of the routes that the screens use too.
 *
 * An option goes into the query or into the body under its own name, in camel case there: `--user-id` is `userId`.
 *
 * @phpstan-type Option array{about: string, in?: 'query'|'body', type?: 'text'|'number'|'flag'|'list'|'json'|'file', required?: bool}
 * @phpstan-type Command array{about: string, method: 'GET'|'POST'|'PUT'|'PATCH'|'DELETE', route: string, args?: array<string, string>, options?: array<string, Option>, fixed?: array<string, mixed>, columns?: list<string>, items?: string, confirm?: string, once?: string}
 */
final class Cli_Table {

	public const PAGE = array(
		'limit'  => array(
			'about' => 'How many of a list.',
			'in'    => 'query',
		),
		'cursor' => array(
			'about' => 'Where the list goes on, as the command before said.',
			'in'    => 'query',
		),
	);

	public const NOTE = array( 'note' => array( 'about' => 'Why; it stands in the audit log.' ) );

	private const IN_NAME_OF = array(
		'in-name-of' => array(
			'about' => 'Id of the user whose vote this is, where it was given to you.',
			'type'  => 'number',
		),
	);

	private const DIGEST = array(
		'digest' => array(
			'about' => 'The digest that "approval get" showed you; refused when somebody has edited the call since.',
		),
	);

	/**
	 * All commands by their name after `wp chaperone`.
	 *
	 * @return array<string, array<string, mixed>>
	 * @phpstan-return array<string, Command>
	 */
	public static function commands(): array {
		return self::oversight() + self::approvals() + self::standing_answers() + Cli_Governing_Table::commands();
	}

	/**
	 * The overview, the kill switch and the log.
	 *
	 * @return array<string, array<string, mixed>>
	 * @phpstan-return array<string, Command>
	 */
	private static function oversight(): array {
		return array(
			'overview'        => array(
				'about'   => 'What agents did, what waits and what was refused.',
				'method'  => 'GET',
				'route'   => '/overview',
				'options' => array(
					'range' => array(
						'about' => '24h (unless you say otherwise), 7d or 30d.',
						'in'    => 'query',
					),
				),
			),
			'kill-switch on'  => array(
				'about'   => 'Stops every call of every agent at once.',
				'method'  => 'PUT',
				'route'   => '/kill-switch',
				'fixed'   => array( 'on' => true ),
				'options' => array(
					'reason' => array(
						'about'    => 'Why; agents and the log are told.',
						'required' => true,
					),
				),
			),
			'kill-switch off' => array(
				'about'   => 'Lets agents work again.',
				'method'  => 'PUT',
				'route'   => '/kill-switch',
				'fixed'   => array( 'on' => false ),
				'options' => array(
					'reason' => array(
						'about'    => 'Why; it stands in the log.',
						'required' => true,
					),
				),
				'confirm' => 'Let agents work again?',
			),
			'audit list'      => array(
				'about'   => 'Entries of the audit log, newest first.',
				'method'  => 'GET',
				'route'   => '/audit',
				'columns' => array( 'id', 'ts', 'kind', 'userId', 'tool', 'verdict', 'code', 'outcome', 'callId' ),
				'options' => self::PAGE + self::in_query(
					array(
						'q'              => 'A text in arguments, findings, detail, address, tool or code.',
						'from'           => 'Entries from this instant on, such as 2026-11-27T09:00:00Z.',
						'to'             => 'Entries before this instant.',
						'kind'           => 'Such as call.decision.',
						'user-id'        => 'A WordPress user.',
						'agent-id'       => 'An agent.',
						'call-id'        => 'A call.',
						'tool'           => 'A tool.',
						'entity-type'    => 'A type of content.',
						'entity-id'      => 'A piece of content.',
						'verdict'        => 'allow, ask or deny.',
						'code'           => 'A code of a refusal.',
						'policy-version' => 'A version of the policy.',
					)
				),
			),
			'audit get'       => array(
				'about'  => 'One entry, with its findings.',
				'method' => 'GET',
				'route'  => '/audit/%s',
				'args'   => array( 'id' => 'The entry\'s number.' ),
			),
			'audit verify'    => array(
				'about'  => 'Looks whether the whole log is as it was written.',
				'method' => 'GET',
				'route'  => '/audit/verify',
			),
			'audit erase'     => array(
				'about'   => 'Takes a user\'s personal data out of the log; the log still verifies.',
				'method'  => 'POST',
				'route'   => '/audit/erase',
				'options' => array(
					'user-id' => array(
						'about'    => 'The user.',
						'type'     => 'number',
						'required' => true,
					),
				),
				'confirm' => 'What is erased can\'t be had back. Erase it?',
			),
		);
	}

	/**
	 * Held calls.
	 *
	 * @return array<string, array<string, mixed>>
	 * @phpstan-return array<string, Command>
	 */
	private static function approvals(): array {
		$id = array( 'id' => 'The approval, apr_….' );
		return array(
			'approval list'    => array(
				'about'   => 'Held calls.',
				'method'  => 'GET',
				'route'   => '/approvals',
				'columns' => array( 'id', 'status', 'tool', 'target', 'title', 'requestedBy', 'expiresAt' ),
				'options' => self::PAGE + self::in_query(
					array(
						'status'   => 'pending, suggested, approved, running, succeeded, failed, unknown, rejected, expired, cancelled or stale; all of them, when left out.',
						'view'     => 'open, decided, or mine: those that wait for the vote of --user.',
						'tool'     => 'A tool.',
						'agent-id' => 'An agent.',
					)
				),
			),
			'approval get'     => array(
				'about'  => 'One held call, with what it would change.',
				'method' => 'GET',
				'route'  => '/approvals/%s',
				'args'   => $id,
			),
			'approval approve' => array(
				'about'   => 'Votes for it. The last vote runs the call.',
				'method'  => 'POST',
				'route'   => '/approvals/%s/approve',
				'args'    => $id,
				'options' => self::NOTE + self::IN_NAME_OF + self::DIGEST + array(
					'args'     => array(
						'about' => 'Edited arguments, as JSON.',
						'type'  => 'json',
					),
					'remember' => array( 'about' => 'For how long the same may be done again without asking, such as 1h; at most 24h.' ),
				),
				'confirm' => 'Approve it as the user of --user?',
			),
			'approval reject'  => array(
				'about'   => 'Refuses it; possible until it is taken up for running, also after its last vote.',
				'method'  => 'POST',
				'route'   => '/approvals/%s/reject',
				'args'    => $id,
				'options' => self::NOTE + self::IN_NAME_OF + self::DIGEST,
			),
			'approval renew'   => array(
				'about'  => 'Asks anew, once, for a call whose approval expired or is out of date; it waits for votes again, under another id.',
				'method' => 'POST',
				'route'  => '/approvals/%s/renew',
				'args'   => $id,
			),
			'approval comment' => array(
				'about'   => 'Says something about it.',
				'method'  => 'POST',
				'route'   => '/approvals/%s/comment',
				'args'    => $id,
				'options' => array(
					'note' => array(
						'about'    => 'What you want to say.',
						'required' => true,
					),
				),
			),
		);
	}

	/**
	 * What people have settled beforehand: approvals that are remembered, and votes in other hands.
	 *
	 * @return array<string, array<string, mixed>>
	 * @phpstan-return array<string, Command>
	 */
	private static function standing_answers(): array {
		$which = self::in_query( array( 'view' => 'all, instead of those that hold now.' ) );
		return array(
			'grant list'        => array(
				'about'   => 'Approvals that are remembered.',
				'method'  => 'GET',
				'route'   => '/approval-grants',
				'columns' => array( 'id', 'state', 'agentId', 'tool', 'target', 'uses', 'expiresAt' ),
				'options' => $which,
			),
			'grant revoke'      => array(
				'about'  => 'Takes a remembered approval back.',
				'method' => 'POST',
				'route'  => '/approval-grants/%s/revoke',
				'args'   => array( 'id' => 'The grant, grt_….' ),
			),
			'delegation list'   => array(
				'about'   => 'Votes in other hands.',
				'method'  => 'GET',
				'route'   => '/approval-delegations',
				'columns' => array( 'id', 'state', 'from', 'to', 'startsAt', 'endsAt' ),
				'options' => $which,
			),
			'delegation create' => array(
				'about'   => 'Gives the votes of --user to somebody else for a while.',
				'method'  => 'POST',
				'route'   => '/approval-delegations',
				'options' => array(
					'to'        => array(
						'about'    => 'Login of who gets them.',
						'required' => true,
					),
					'ends-at'   => array(
						'about'    => 'Until when, such as 2026-12-01T08:00:00Z.',
						'required' => true,
					),
					'starts-at' => array( 'about' => 'From when on; now, when left out.' ),
				) + self::NOTE,
			),
			'delegation revoke' => array(
				'about'  => 'Takes votes back.',
				'method' => 'POST',
				'route'  => '/approval-delegations/%s/revoke',
				'args'   => array( 'id' => 'The delegation, del_….' ),
			),
		);
	}

	/**
	 * Options that go into the query.
	 *
	 * @param array<string, string> $abouts What each is, by name.
	 * @return array<string, array<string, mixed>>
	 * @phpstan-return array<string, Option>
	 */
	private static function in_query( array $abouts ): array {
		return array_map(
			static function ( string $about ): array {
				return array(
					'about' => $about,
					'in'    => 'query',
				);
			},
			$abouts
		);
	}
}
