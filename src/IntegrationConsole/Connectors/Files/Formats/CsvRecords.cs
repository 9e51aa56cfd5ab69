using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using CsvHelper;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Json;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Files.Formats;

/// <summary>
/// The rows of a CSV file as JSON objects whose values are text. A row that does not fit its header, or is not text, is
/// a record with a problem that carries the row as it stands, and the next row is read all the same.
/// </summary>
internal sealed class CsvRecords : IRecordReader
{
    /// <summary>The JSON writer takes no longer text.</summary>
    private const int MostRawBytes = 128 * 1024 * 1024;

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly CsvReader _reader;
    private readonly FileBytes _bytes;
    private readonly string _file;
    private readonly int _mostBytes;
    private readonly bool _hasHeader;
    private readonly bool _emptyIsNull;
    private readonly ArrayBufferWriter<byte> _json = new(4 * 1024);
    private readonly Utf8JsonWriter _writer;
    private JsonEncodedText[] _names = [];
    private CsvMalformedReason? _bad;

    private CsvRecords(FileBytes bytes, System.Text.Encoding? encoding, FileSettings settings, string file, int mostRecordBytes)
    {
        (_bytes, _file, _mostBytes) = (bytes, file, Math.Min(mostRecordBytes, MostRawBytes));
        (_hasHeader, _emptyIsNull) = (settings.Header, settings.Empty is "null");
        _writer = new Utf8JsonWriter(_json, Writing);
        _reader = CsvReader.Create(bytes, Dialect(settings) with
        {
            Encoding = encoding,
            MaxRecordSize = _mostBytes,
            TrackLineNumbers = true,
            OnMalformedRecord = bad => _bad = bad.Reason,
        });
    }

    public IReadOnlyList<string> FieldNames { get; private set; } = [];

    public static async Task<CsvRecords> OpenAsync(FileBytes bytes, FileSettings settings, string file, int mostRecordBytes, CancellationToken cancellationToken)
    {
        var encoding = CsvEncoding.Of(settings.Encoding, (await bytes.PeekAsync(cancellationToken)).Span, out var mark);
        bytes.Skip(mark);
        var records = new CsvRecords(bytes, encoding, settings, file, mostRecordBytes);
        await records._reader.ReadHeaderAsync(cancellationToken);
        if (settings.Header && records._bad is { } bad)
        {
            throw new FailureException(new Failure(FailureCause.Malformed, $"The header row of {file} {Words(bad)}.", "quotes") { IsSystemic = true });
        }

        if (settings.Header)
        {
            records.Name(CsvHeader.Of(records._reader.Headers, file));
        }

        return records;
    }

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        _bad = null;
        if (!await _reader.ReadAsync(cancellationToken))
        {
            return false;
        }

        if (!_hasHeader && _names.Length == 0)
        {
            Name(CsvHeader.Numbered(_reader.FieldCount));
        }

        return true;
    }

    public void AddTo(BatchBuilder batch)
    {
        var problem = Problem();
        if (problem is null)
        {
            WriteObject();
            problem = _json.WrittenCount > _mostBytes
                ? new Failure(FailureCause.TooLarge, $"{Place} is longer than {JsonTrouble.SizeWords(_mostBytes)}, the limit for one record.", "record-size") { Place = Place }
                : null;
        }

        if (problem is not null)
        {
            WriteRaw();
        }

        batch.Add(_json.WrittenSpan, problem);
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _reader.DisposeAsync();
        await _bytes.DisposeAsync();
    }

    private void Name(IReadOnlyList<string> names)
    {
        FieldNames = names;
        _names = [.. names.Select(name => JsonEncodedText.Encode(name, Writing.Encoder))];
    }

    private Failure? Problem()
    {
        var raw = _reader.RawRecord;
        return _bad is { } bad ? Malformed($"{Words(bad)}.", "quotes")
            : _reader.FieldCount != _names.Length ? Malformed($"has {_reader.FieldCount} field{(_reader.FieldCount == 1 ? "" : "s")} and not {_names.Length} as the {(_hasHeader ? "header" : "first row")}.", "field-count")
            : raw.Contains((byte)0) ? Malformed("holds NUL characters: the file is damaged, or its encoding is another one.", "nul")
            : !Utf8.IsValid(raw) ? Malformed("is not valid UTF-8: choose the file's encoding in the settings.", "encoding")
            : null;
    }

    private string Place => $"Line {_reader.LineNumber} of {_file}";

    private Failure Malformed(string what, string code) => new(FailureCause.Malformed, $"{Place} {what}", code) { Place = Place };

    private void WriteObject()
    {
        Begin();
        _writer.WriteStartObject();
        for (var index = 0; index < _names.Length; index++)
        {
            var value = _reader.GetSpan(index);
            if (value.IsEmpty && _emptyIsNull)
            {
                _writer.WriteNull(_names[index]);
            }
            else
            {
                _writer.WriteString(_names[index], value);
            }
        }

        _writer.WriteEndObject();
        _writer.Flush();
    }

    private void WriteRaw()
    {
        Begin();
        _writer.WriteStringValue(_reader.RawRecord);
        _writer.Flush();
    }

    private void Begin()
    {
        _json.ResetWrittenCount();
        _writer.Reset(_json);
    }

    private static CsvReaderOptions Dialect(FileSettings settings) => new()
    {
        HasHeader = settings.Header,
        Separator = settings.Delimiter switch { "comma" => ',', "semicolon" => ';', "tab" => '\t', "pipe" => '|', _ => null },
        Mode = settings.Quote is "none" ? CsvMode.NoEscape : CsvMode.Rfc4180,
        Quote = settings.Quote is "single" ? '\'' : '"',
        CommentPrefix = settings.Comment is [var prefix] ? prefix : null,
        TrimWhitespace = settings.Trim,
    };

    private static string Words(CsvMalformedReason bad) => bad switch
    {
        CsvMalformedReason.StrayQuote => "has a quote inside a value that is not quoted",
        CsvMalformedReason.TextAfterClosingQuote => "has text behind a closing quote",
        CsvMalformedReason.UnterminatedQuote => "opens a quote that is never closed",
        _ => "is not quoted as CSV should be",
    };
}
