using System.Buffers;
using Microsoft.AspNetCore.Identity;

namespace IntegrationConsole.Access;

/// <summary>Refuses passwords that are guessed first: common words, rows of keys and years, with little besides.</summary>
internal sealed class GuessablePasswords : IPasswordValidator<ConsoleUser>
{
    internal const string Sentence = "This password is among the first that are guessed: common words, your own address, rows of keys and years do not count. Add words of your own.";

    /// <summary>So many characters have to be left when all that is common is taken away.</summary>
    private const int LeastOwn = 6;

    /// <summary>Shorter rows are part of many good passwords.</summary>
    private const int ShortestRow = 3;

    /// <summary>What lists of leaked passwords are led by, and what comes to mind before this product.</summary>
    private static readonly string[] Words =
    [
        "password", "passwort", "motdepasse", "contrasena", "wachtwoord", "kennwort", "parola", "geheim", "secret", "private", "welcome", "willkommen", "bienvenue",
        "letmein", "iloveyou", "trustno1", "changeme", "changeit", "default", "temporary", "test", "admin", "administrator", "root", "superuser", "user", "guest",
        "login", "master", "access", "system", "server", "database", "postgres", "console", "integration", "company", "demo", "sample", "example", "hello",
        "monkey", "dragon", "shadow", "sunshine", "princess", "football", "baseball", "basketball", "superman", "batman", "starwars", "pokemon", "michael", "jennifer",
        "jordan", "charlie", "summer", "winter", "spring", "autumn", "whatever", "freedom", "computer", "internet", "samsung", "google", "facebook", "microsoft",
        "mustang", "killer", "hunter", "ranger", "soccer", "hockey", "ginger", "cheese", "flower", "chocolate", "butterfly", "liverpool", "arsenal", "chelsea",
    ];

    private static readonly string[] Rows =
    [
        "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm", "1q2w3e4r5t6y7u8i9o0p",
        "1q2w3e4r5t6z7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn", "!@#$%^&*()",
    ];

    private static readonly SearchValues<char> Separators = SearchValues.Create(" .,;:!?-_+*#@$%&/()=");

    public Task<IdentityResult> ValidateAsync(UserManager<ConsoleUser> manager, ConsoleUser user, string? password) =>
        Task.FromResult(password is null || IsRefusedAnyway(password, manager.Options.Password) || OwnOf(password, user.Email ?? "") >= LeastOwn
            ? IdentityResult.Success
            : IdentityResult.Failed(new IdentityError { Code = nameof(GuessablePasswords), Description = Sentence }));

    /// <summary>Of a short password or one of few characters the framework says all there is to say.</summary>
    private static bool IsRefusedAnyway(string password, PasswordOptions rules) =>
        password.Length < rules.RequiredLength || password.Distinct().Count() < rules.RequiredUniqueChars;

    /// <summary>How many characters are neither common nor of the person's own address.</summary>
    private static int OwnOf(string password, string email)
    {
        var text = password.ToLowerInvariant();
        var plain = string.Concat(text.Select(PlainOf));
        var common = new bool[text.Length];
        foreach (var word in email.ToLowerInvariant().Split('@', '.').Where(part => part.Length > ShortestRow).Concat(Words))
        {
            Mark(common, text, word);
            Mark(common, plain, word);
        }

        for (var start = 0; start < text.Length; start++)
        {
            common.AsSpan(start, RowAt(text.AsSpan(start))).Fill(true);
        }

        return text.Where((letter, place) => !common[place] && !Separators.Contains(letter)).Count();
    }

    private static void Mark(bool[] common, string text, string word)
    {
        for (var place = text.IndexOf(word, StringComparison.Ordinal); place >= 0; place = text.IndexOf(word, place + 1, StringComparison.Ordinal))
        {
            common.AsSpan(place, word.Length).Fill(true);
        }
    }

    /// <summary>The letter for which a digit or a sign stands.</summary>
    private static char PlainOf(char letter) => letter switch
    {
        '0' => 'o',
        '1' or '!' => 'i',
        '3' => 'e',
        '4' or '@' => 'a',
        '5' or '$' => 's',
        '7' => 't',
        _ => letter,
    };

    /// <summary>How far a row goes that begins here: neighbours on a keyboard or in the alphabet, forwards or backwards, a year, or one character again and again.</summary>
    private static int RowAt(ReadOnlySpan<char> text)
    {
        var same = text.IndexOfAnyExcept(text[0]) is var other and >= 0 ? other : text.Length;
        var year = text is ['1', '9', >= '0' and <= '9', >= '0' and <= '9', ..] or ['2', '0', >= '0' and <= '9', >= '0' and <= '9', ..] ? 4 : 0;
        var longest = Math.Max(same, year);
        while (text.Length >= ShortestRow && longest < text.Length && IsRow(text[..Math.Max(longest + 1, ShortestRow)]))
        {
            longest = Math.Max(longest + 1, ShortestRow);
        }

        return longest >= ShortestRow ? longest : 0;
    }

    private static bool IsRow(ReadOnlySpan<char> piece)
    {
        var turned = piece.ToArray();
        Array.Reverse(turned);
        foreach (var row in Rows)
        {
            if (row.AsSpan().Contains(piece, StringComparison.Ordinal) || row.AsSpan().Contains(turned, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
