using System.Text;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Reads the texts that make up a declaration: the file itself, and those beside it that it names.</summary>
internal static class DeclarationText
{
    public const int MostBytes = 4 * 1024 * 1024;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>The text, or a sentence that says why it cannot be read.</returns>
    public static async Task<(string Text, string? Problem)> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            var bytes = new byte[MostBytes + 1];
            var length = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            return length > MostBytes
                ? ("", $"The file is larger than {MostBytes / (1024 * 1024)} MB. Put the rows of lookup tables into CSV files beside it.")
                : (Strict.GetString(bytes, 0, length).TrimStart('\ufeff'), null);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return ("", SentenceOf(unreadable));
        }
        catch (DecoderFallbackException)
        {
            return ("", "The file is not text in UTF-8.");
        }
    }

    public static string SentenceOf(Exception unreadable) => unreadable switch
    {
        FileNotFoundException or DirectoryNotFoundException => "There is no such file.",
        UnauthorizedAccessException => "This file may not be read, or is a folder.",
        _ => "This file cannot be read.",
    };

    /// <summary>Where a file lies that is named in another one.</summary>
    public static string Beside(string file, string named) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file)) ?? "", named);
}
