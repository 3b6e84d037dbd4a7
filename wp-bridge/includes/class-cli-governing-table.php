<?php
/**
 * What WP-CLI offers to those who govern.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Of `wp chaperone …`, the commands for policies, agents, keys, settings and secrets; part of Cli_Table.
 *
 * @phpstan-import-type Option from Cli_Table
 * @phpstan-import-type Command from Cli_Table
 */
final class Cli_Governing_Table {

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
	 * These commands by their name after `wp chaperone`.
	 *
	 * @return array<string, array<string, mixed>>
	 * @phpstan-return array<string, Command>
	 */
	public static function commands(): array {
		return self::policies() + self::agents() + self::settings();
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
				'options' => Cli_Table::PAGE,
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
				'options' => self::DOCUMENT + Cli_Table::NOTE + array(
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
				'options' => Cli_Table::NOTE,
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
				'options' => Cli_Table::PAGE,
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
}
