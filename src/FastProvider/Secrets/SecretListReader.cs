using System;
using System.Buffers;
using System.Text.Json;
using FastProvider.Native;

namespace FastProvider.Secrets;

/// <summary>
/// Reads a SecretList while it arrives, in pieces of any size, and offers each Secret's auth document to the endpoints as
/// soon as its object ends. Nothing else of the list is kept.
/// Shape: k8s.io/api/core/v1 SecretList; the order of an object's fields does not matter.
/// </summary>
internal sealed class SecretListReader(AuthDocument documents, Warnings warnings) : IDisposable
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    private readonly SecretBuffer _name = new();
    private readonly SecretBuffer _config = new();
    private readonly SecretBuffer _legacyConfig = new();
    private JsonReaderState _state;
    private Scope _scope;
    private Field _field;
    private bool _isSecretList;
    private long _createdAtUnixSeconds;
    private SecretType _type;
    private bool _hasConfig;
    private bool _hasLegacyConfig;

    /// <summary>The depth of the unwanted object or array that is being passed over, or -1.</summary>
    private int _skippedDepth;

    private enum Scope
    {
        Start,
        List,
        Items,
        Secret,
        Metadata,
        Data,
        End,
    }

    private enum Field
    {
        Unwanted,
        Kind,
        Items,
        Metadata,
        Data,
        Type,
        Name,
        CreationTimestamp,
        Config,
        LegacyConfig,
    }

    private enum SecretType
    {
        Other,
        Config,
        LegacyConfig,
    }

    /// <summary>How many Secrets were read since <see cref="Start"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the list was read to its end.</summary>
    public bool IsWhole => _scope is Scope.End && _isSecretList;

    /// <summary>Makes ready for the next list.</summary>
    public void Start()
    {
        _state = new JsonReaderState(Options);
        _scope = Scope.Start;
        _field = Field.Unwanted;
        _skippedDepth = -1;
        _isSecretList = false;
        Count = 0;
        StartSecret();
    }

    /// <summary>Reads as much as can be read.</summary>
    /// <param name="bytes">What came since the position that the last call gave back.</param>
    /// <param name="isLast">Nothing follows.</param>
    /// <param name="consumed">What need not be handed in again.</param>
    /// <returns>False if this is no SecretList in valid JSON.</returns>
    public bool Read(in ReadOnlySequence<byte> bytes, bool isLast, out SequencePosition consumed)
    {
        var reader = new Utf8JsonReader(bytes, isLast, _state);
        try
        {
            var isExpected = true;
            while (isExpected && reader.Read())
            {
                isExpected = Take(ref reader);
            }

            _state = reader.CurrentState;
            consumed = reader.Position;
            return isExpected;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The second is how the reader says that a string is not valid UTF-8.
            consumed = bytes.Start;
            return false;
        }
    }

    public void Dispose()
    {
        _name.Dispose();
        _config.Dispose();
        _legacyConfig.Dispose();
    }

    private bool Take(ref Utf8JsonReader reader)
    {
        var token = reader.TokenType;
        if (_skippedDepth >= 0)
        {
            if (reader.CurrentDepth == _skippedDepth && (token is JsonTokenType.EndObject or JsonTokenType.EndArray))
            {
                _skippedDepth = -1;
            }

            return true;
        }

        if (token is JsonTokenType.PropertyName)
        {
            _field = Identify(ref reader);
            return true;
        }

        if (token is JsonTokenType.EndObject or JsonTokenType.EndArray)
        {
            return Leave();
        }

        if (token is JsonTokenType.StartObject && Enter())
        {
            return true;
        }

        if (token is JsonTokenType.StartArray && _scope is Scope.List && _field is Field.Items)
        {
            _scope = Scope.Items;
            return true;
        }

        return TakeValue(ref reader);
    }

    private Field Identify(ref Utf8JsonReader reader)
    {
        switch (_scope)
        {
            case Scope.List:
                return reader.ValueTextEquals("items"u8) ? Field.Items
                    : reader.ValueTextEquals("kind"u8) ? Field.Kind
                    : Field.Unwanted;
            case Scope.Secret:
                return reader.ValueTextEquals("metadata"u8) ? Field.Metadata
                    : reader.ValueTextEquals("data"u8) ? Field.Data
                    : reader.ValueTextEquals("type"u8) ? Field.Type
                    : Field.Unwanted;
            case Scope.Metadata:
                return reader.ValueTextEquals("name"u8) ? Field.Name
                    : reader.ValueTextEquals("creationTimestamp"u8) ? Field.CreationTimestamp
                    : Field.Unwanted;
            case Scope.Data:
                return reader.ValueTextEquals(SecretTypes.ConfigKey) || reader.ValueTextEquals(SecretTypes.PodmanConfigKey) ? Field.Config
                    : reader.ValueTextEquals(SecretTypes.LegacyConfigKey) ? Field.LegacyConfig
                    : Field.Unwanted;
            default:
                return Field.Unwanted;
        }
    }

    /// <summary>Steps into an object that matters.</summary>
    private bool Enter()
    {
        var next = (_scope, _field) switch
        {
            (Scope.Start, _) => Scope.List,
            (Scope.Items, _) => Scope.Secret,
            (Scope.Secret, Field.Metadata) => Scope.Metadata,
            (Scope.Secret, Field.Data) => Scope.Data,
            _ => Scope.End,
        };
        if (next is Scope.End)
        {
            return false;
        }

        _scope = next;
        if (next is Scope.Secret)
        {
            StartSecret();
        }

        _field = Field.Unwanted;
        return true;
    }

    private bool Leave()
    {
        _field = Field.Unwanted;
        switch (_scope)
        {
            case Scope.Metadata or Scope.Data:
                _scope = Scope.Secret;
                return true;
            case Scope.Secret:
                FinishSecret();
                _scope = Scope.Items;
                return true;
            case Scope.Items:
                _scope = Scope.List;
                return true;
            default:
                _scope = Scope.End;
                return _isSecretList;
        }
    }

    private bool TakeValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            _skippedDepth = reader.CurrentDepth;
            return _scope is not Scope.Start;
        }

        if (reader.TokenType is not JsonTokenType.String)
        {
            // A list without items has null there.
            return _scope is not (Scope.Start or Scope.Items);
        }

        switch (_field)
        {
            case Field.Kind:
                _isSecretList = reader.ValueTextEquals("SecretList"u8);
                return _isSecretList;
            case Field.Type:
                _type = reader.ValueTextEquals(SecretTypes.Config) || reader.ValueTextEquals(SecretTypes.PodmanConfig) ? SecretType.Config
                    : reader.ValueTextEquals(SecretTypes.LegacyConfig) ? SecretType.LegacyConfig
                    : SecretType.Other;
                break;
            case Field.Name:
                _name.Clear();
                _name.CopyString(ref reader);
                break;
            case Field.CreationTimestamp:
                _createdAtUnixSeconds = reader.TryGetDateTimeOffset(out var created) ? created.ToUnixTimeSeconds() : 0;
                break;
            case Field.Config:
                _config.Clear();
                _config.CopyString(ref reader);
                _hasConfig = true;
                break;
            case Field.LegacyConfig:
                _legacyConfig.Clear();
                _legacyConfig.CopyString(ref reader);
                _hasLegacyConfig = true;
                break;
        }

        return _scope is not (Scope.Start or Scope.Items);
    }

    private void StartSecret()
    {
        _name.Clear();
        _config.Clear();
        _legacyConfig.Clear();
        _hasConfig = _hasLegacyConfig = false;
        _createdAtUnixSeconds = 0;
        _type = SecretType.Other;
    }

    private void FinishSecret()
    {
        Count++;
        var isLegacy = _type is SecretType.LegacyConfig;
        var encoded = isLegacy ? _legacyConfig : _config;
        // Without a name it is no Secret, and its credentials would pass for those of the node.
        if (_type is SecretType.Other || _name.Length == 0 || !(isLegacy ? _hasLegacyConfig : _hasConfig))
        {
            return;
        }

        var source = new CredentialSource(_name.WrittenMemory, _createdAtUnixSeconds);
        var document = encoded.DecodeBase64InPlace(out var isBase64);
        var fault = isBase64 ? documents.Read(document, isLegacy, source) : "is not base64";
        if (fault is not null)
        {
            warnings.AddSecret(source, isLegacy ? ".dockercfg" : ".dockerconfigjson", fault);
        }
    }
}
