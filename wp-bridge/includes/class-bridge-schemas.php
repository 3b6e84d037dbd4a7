<?php
/**
 * What the sidecar may send.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Schemas of the arguments of Bridge_Controller's routes.
 */
final class Bridge_Schemas {

	private const MAX_QUESTIONS = 100;
	private const MAX_CHECKS    = 50;

	/**
	 * What a question looks like, and how many there may be.
	 *
	 * @return array<string, array<string, mixed>>
	 */
	public static function questions(): array {
		$check = array(
			'type'                 => 'object',
			'additionalProperties' => false,
			'properties'           => array(
				'capability' => array(
					'type'      => 'string',
					'required'  => true,
					'minLength' => 1,
					'maxLength' => 191,
				),
				'objects'    => array(
					'type'     => 'array',
					'maxItems' => 5,
					'items'    => array( 'type' => array( 'integer', 'string' ) ),
				),
			),
		);
		return array(
			'questions' => array(
				'type'     => 'array',
				'required' => true,
				'maxItems' => self::MAX_QUESTIONS,
				'items'    => array(
					'type'                 => 'object',
					'additionalProperties' => false,
					'properties'           => array(
						'userId' => array(
							'type'     => 'integer',
							'required' => true,
							'minimum'  => 1,
						),
						'checks' => array(
							'type'     => 'array',
							'required' => true,
							'maxItems' => self::MAX_CHECKS,
							'items'    => $check,
						),
					),
				),
			),
		);
	}

	/**
	 * What an account needs.
	 *
	 * @return array<string, array<string, mixed>>
	 */
	public static function account(): array {
		return array(
			'login'               => array(
				'type'      => 'string',
				'required'  => true,
				'minLength' => 1,
				'maxLength' => 60,
			),
			'displayName'         => array(
				'type'              => 'string',
				'required'          => true,
				'minLength'         => 1,
				'maxLength'         => 250,
				'validate_callback' => 'rest_validate_request_arg',
				'sanitize_callback' => 'sanitize_text_field',
			),
			'email'               => array(
				'type'      => 'string',
				'format'    => 'email',
				'maxLength' => 100,
			),
			'applicationPassword' => array(
				'type'    => 'boolean',
				'default' => true,
			),
		);
	}

	/**
	 * What a new application password needs.
	 *
	 * @return array<string, array<string, mixed>>
	 */
	public static function password(): array {
		return array(
			'userId'       => array(
				'type'     => 'integer',
				'required' => true,
				'minimum'  => 1,
			),
			'revokeOthers' => array(
				'type'    => 'boolean',
				'default' => false,
			),
		);
	}

	/**
	 * What a mailing says, and whom it means.
	 *
	 * @return array<string, array<string, mixed>>
	 */
	public static function mail(): array {
		$text  = array(
			'type'      => 'string',
			'required'  => true,
			'maxLength' => 1000,
		);
		$id    = array(
			'type'     => 'integer',
			'required' => true,
			'minimum'  => 1,
		);
		$names = array(
			'type'     => 'array',
			'required' => true,
			'items'    => array( 'type' => 'string' ),
		);
		return array(
			'messageId'    => array_merge( $text, array( 'pattern' => '^msg_[0-9a-z]{20}$' ) ),
			'approvalId'   => array_merge( $text, array( 'pattern' => '^apr_[0-9a-z]{20}$' ) ),
			'tool'         => $text,
			'target'       => array(
				'type'      => array( 'string', 'null' ),
				'maxLength' => 1000,
			),
			'agent'        => $text,
			'step'         => $text,
			'isEscalation' => array(
				'type'     => 'boolean',
				'required' => true,
			),
			'expiresAt'    => $id,
			'approvers'    => self::list_of(
				array(
					'anybody' => array(
						'type'     => 'boolean',
						'required' => true,
					),
					'roles'   => $names,
					'users'   => $names,
				)
			),
			'delegations'  => self::list_of(
				array(
					'from' => $id,
					'to'   => $id,
				)
			),
			'except'       => array(
				'type'     => 'array',
				'required' => true,
				'items'    => array( 'type' => 'integer' ),
			),
		);
	}

	/**
	 * The schema of a list of objects with these members and no others.
	 *
	 * @param array<string, array<string, mixed>> $properties Members.
	 * @return array<string, mixed>
	 */
	private static function list_of( array $properties ): array {
		return array(
			'type'     => 'array',
			'required' => true,
			'items'    => array(
				'type'                 => 'object',
				'additionalProperties' => false,
				'properties'           => $properties,
			),
		);
	}
}
