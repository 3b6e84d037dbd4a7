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

	private const PAGE = array(
		'limit'  => array(
			'about' => 'How many of a list.',
			'in'    => 'query',
		),
		'cursor' => array(
			'about' => 'Where the list goes on, as the command before said.',
			'in'    => 'query',
		),
	);

	private const NOTE = array( 'note' => array( 'about' => 'Why; it stands in the audit log.' ) );

	private const IN_NAME_OF = array(
		'in-name-of' => array(
			'about' => 'Id of the user whose vote this is, where it was given to you.',
			'type'  => 'number',
		),
	);

	private const DOCUMENT = array(
		'file' => array(
			'about'    => 'The policy document; - reads standard input.',
			'type'     => 'file',
			'required' => true,
		),
	);

	private const OVERLAP = array(
		'overlap' => array(
			'about' => 'Seconds for which the old one still counts (86400 is a day); 0 for one that leaked.',
			'type'  => 'number',
		),
		'force'   => array(
			'about' => 'Also while an earlier rotation still overlaps.',
			'type'  => 'flag',
		),
	);

	private const SHOWN_ONCE = 'What is secret in this is shown now and never again.';

	/**
	 * All commands by their name after `wp chaperone`.
	 *
	 * @return array<string, array<string, mixed>>
	 * @phpstan-return array<string, Command>
	 */
	public static function commands(): array {
		return self::oversight() + self::approvals() + self::standing_answers() + self::policies() + self::agents() + self::settings();
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
						'about' => 'day, week or month.',
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
				'options' => self::PAGE + self::in_query( array( 'status' => 'Such as pending (unless you say otherwise) or executed.' ) ),
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
				'options' => self::NOTE + self::IN_NAME_OF + array(
					'args'     => array(
						'about' => 'Edited arguments, as JSON.',
						'type'  => 'json',
					),
					'remember' => array( 'about' => 'For how long the same may be done again without asking, such as 1h; at most 24h.' ),
				),
				'confirm' => 'Approve it as the user of --user?',
			),
			'approval reject'  => array(
				'about'   => 'Refuses it.',
				'method'  => 'POST',
				'route'   => '/approvals/%s/reject',
				'args'    => $id,
				'options' => self::NOTE + self::IN_NAME_OF,
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
	 * Policies.
	 *
	 * @return array<string, array<string, mixed>>
	 * @phpstan-return array<string, Command>
	 */
	private static function policies(): array {
		$version = array( 'version' => 'The version\'s number.' );
		$draft   = array(
			'file'    => array(
				'about' => 'A document; - reads standard input.',
				'type'  => 'file',
			),
			'version' => array(
				'about' => 'A version, instead of a document.',
				'type'  => 'number',
			),
		);
		return array(
			'policy list'     => array(
				'about'   => 'Versions, newest first.',
				'method'  => 'GET',
				'route'   => '/policies',
				'columns' => array( 'version', 'active', 'ts', 'author', 'note' ),
				'options' => self::PAGE,
			),
			'policy get'      => array(
				'about'  => 'A version, or the active one.',
				'method' => 'GET',
				'route'  => '/policies/%s',
				'args'   => array( 'version' => 'The version\'s number, or "active".' ),
			),
			'policy validate' => array(
				'about'   => 'Lists every mistake with its line and column; stores nothing.',
				'method'  => 'POST',
				'route'   => '/policies/validate',
				'options' => self::DOCUMENT,
			),
			'policy save'     => array(
				'about'   => 'Stores a new version.',
				'method'  => 'POST',
				'route'   => '/policies',
				'options' => self::DOCUMENT + self::NOTE + array(
					'base-version' => array(
						'about'    => 'The version that this one was made from; refused when it is no longer the newest.',
						'type'     => 'number',
						'required' => true,
					),
					'activate'     => array(
						'about' => 'Lets it decide from the next call on.',
						'type'  => 'flag',
					),
				),
			),
			'policy activate' => array(
				'about'   => 'Makes a version the active one; an older one is a rollback.',
				'method'  => 'POST',
				'route'   => '/policies/%s/activate',
				'args'    => $version,
				'options' => self::NOTE,
				'confirm' => 'Let this version decide from the next call on?',
			),
			'policy diff'     => array(
				'about'   => 'What changed between two versions.',
				'method'  => 'GET',
				'route'   => '/policies/diff',
				'options' => array(
					'from' => array(
						'about'    => 'The one version.',
						'in'       => 'query',
						'required' => true,
					),
					'to'   => array(
						'about'    => 'The other version.',
						'in'       => 'query',
						'required' => true,
					),
				),
			),
			'policy test'     => array(
				'about'   => 'What a document or a version would decide on calls that nobody made.',
				'method'  => 'POST',
				'route'   => '/policies/test',
				'items'   => 'decisions',
				'columns' => array( 'effect', 'explanation' ),
				'options' => $draft + array(
					'calls' => array(
						'about'    => 'A JSON list of {tool, args, user, agent, ip, at}.',
						'type'     => 'json',
						'required' => true,
					),
				),
			),
			'policy replay'   => array(
				'about'   => 'Past calls decided again: what would end otherwise, and why.',
				'method'  => 'POST',
				'route'   => '/policies/replay',
				'options' => $draft + array(
					'last' => array(
						'about' => 'The newest calls.',
						'type'  => 'number',
					),
				),
			),
		);
	}

	/**
	 * Agents and their keys.
	 *
	 * @return array<string, array<string, mixed>>
	 * @phpstan-return array<string, Command>
	 */
	private static function agents(): array {
		$agent  = array( 'agent' => 'The agent, agt_….' );
		$key    = $agent + array( 'key' => 'The key\'s id.' );
		$bounds = array(
			'expires-at'  => array( 'about' => 'The instant from which on it counts no more.' ),
			'allowed-ips' => array(
				'about' => 'Addresses and networks, with commas between.',
				'type'  => 'list',
			),
		);
		$tools  = array(
			'tools' => array(
				'about' => 'The tools that it may ever call, with commas between.',
				'type'  => 'list',
			),
		);
		return array(
			'agent list'    => array(
				'about'   => 'Agents.',
				'method'  => 'GET',
				'route'   => '/agents',
				'columns' => array( 'id', 'name', 'userId', 'state', 'directUse', 'expiresAt' ),
				'options' => self::PAGE,
			),
			'agent get'     => array(
				'about'  => 'One agent.',
				'method' => 'GET',
				'route'  => '/agents/%s',
				'args'   => $agent,
			),
			'agent create'  => array(
				'about'   => 'Makes an agent with a first key; for an existing user, or for a new service account.',
				'method'  => 'POST',
				'route'   => '/agents',
				'options' => array(
					'name'                 => array(
						'about'    => 'Its name.',
						'required' => true,
					),
					'user-id'              => array(
						'about' => 'An existing user.',
						'type'  => 'number',
					),
					'login'                => array( 'about' => 'The login of a new service account.' ),
					'application-password' => array(
						'about' => 'With an application password of its own.',
						'type'  => 'flag',
					),
				) + $tools + $bounds,
				'once'    => self::SHOWN_ONCE,
			),
			'agent suspend' => array(
				'about'  => 'Refuses every call of this agent until it is resumed.',
				'method' => 'PATCH',
				'route'  => '/agents/%s',
				'args'   => $agent,
				'fixed'  => array( 'state' => 'suspended' ),
			),
			'agent resume'  => array(
				'about'   => 'Lets it work again.',
				'method'  => 'PATCH',
				'route'   => '/agents/%s',
				'args'    => $agent,
				'fixed'   => array( 'state' => 'active' ),
				'confirm' => 'Let this agent work again?',
			),
			'agent change'  => array(
				'about'   => 'Changes its name or its bounds.',
				'method'  => 'PATCH',
				'route'   => '/agents/%s',
				'args'    => $agent,
				'options' => array( 'name' => array( 'about' => 'Its name.' ) ) + $tools + $bounds,
			),
			'agent delete'  => array(
				'about'   => 'Deletes it and its keys; its user stays.',
				'method'  => 'DELETE',
				'route'   => '/agents/%s',
				'args'    => $agent,
				'confirm' => 'Delete this agent and its keys?',
			),
			'key list'      => array(
				'about'   => 'An agent\'s keys.',
				'method'  => 'GET',
				'route'   => '/agents/%s/keys',
				'args'    => $agent,
				'columns' => array( 'id', 'algorithm', 'state', 'fingerprint', 'lastUsedAt', 'notAfter' ),
			),
			'key create'    => array(
				'about'   => 'One more key.',
				'method'  => 'POST',
				'route'   => '/agents/%s/keys',
				'args'    => $agent,
				'options' => array(
					'algorithm'  => array(
						'about'    => 'hmac-sha256 or ed25519.',
						'required' => true,
					),
					'public-key' => array( 'about' => 'For ed25519: the public half.' ),
					'state'      => array( 'about' => 'active or pending.' ),
				) + $bounds,
				'once'    => self::SHOWN_ONCE,
			),
			'key rotate'    => array(
				'about'   => 'A new key in this one\'s place.',
				'method'  => 'POST',
				'route'   => '/agents/%s/keys/%s/rotate',
				'args'    => $key,
				'options' => self::OVERLAP + array( 'public-key' => array( 'about' => 'For ed25519: the public half of the new key.' ) ),
				'confirm' => 'Rotate this key?',
				'once'    => self::SHOWN_ONCE,
			),
			'key activate'  => array(
				'about'   => 'Lets a pending key count.',
				'method'  => 'POST',
				'route'   => '/agents/%s/keys/%s/activate',
				'args'    => $key,
				'options' => self::OVERLAP,
			),
			'key revoke'    => array(
				'about'   => 'Refuses everything that this key signs, from now on.',
				'method'  => 'POST',
				'route'   => '/agents/%s/keys/%s/revoke',
				'args'    => $key,
				'confirm' => 'Revoke this key for good?',
			),
		);
	}

	/**
	 * Settings and secrets.
	 *
	 * @return array<string, array<string, mixed>>
	 * @phpstan-return array<string, Command>
	 */
	private static function settings(): array {
		return array(
			'settings list' => array(
				'about'   => 'Settings, and what the environment fixes.',
				'method'  => 'GET',
				'route'   => '/settings',
				'items'   => 'settings',
				'columns' => array( 'name', 'value', 'fixed by' ),
			),
			'settings set'  => array(
				'about'   => 'Changes settings.',
				'method'  => 'PUT',
				'route'   => '/settings',
				'options' => array(
					'settings' => array(
						'about'    => 'A JSON object of names and values.',
						'type'     => 'json',
						'required' => true,
					),
					'version'  => array(
						'about'    => 'The version of the settings that you saw ("settings list" tells it).',
						'type'     => 'number',
						'required' => true,
					),
				),
			),
			'secret list'   => array(
				'about'   => 'What is sealed; never the secrets themselves.',
				'method'  => 'GET',
				'route'   => '/secrets',
				'columns' => array( 'name', 'version', 'fingerprint', 'changedAt', 'rotatable', 'opened' ),
			),
			'secret rotate' => array(
				'about'   => 'Replaces a secret.',
				'method'  => 'POST',
				'route'   => '/secrets/%s/rotate',
				'args'    => array( 'name' => 'Its name.' ),
				'options' => self::OVERLAP,
				'confirm' => 'Rotate this secret?',
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
