using System.Globalization;

namespace IntegrationConsole.Controls;

/// <summary>
/// Values in a page's address, which anybody may have cut short or made up: what cannot be read is no value. A page asks
/// for texts and reads them here, since one that asked for the value itself would fall over; <see cref="Misread"/> says it.
/// </summary>
public static class AddressText
{
    public static Guid? Id(string? text) => Guid.TryParse(text, out var id) ? id : null;

    /// <summary>By its name; a number is none, for most are nothing that has one.</summary>
    public static T? Choice<T>(string? text)
        where T : struct, Enum => Enum.TryParse<T>(text, ignoreCase: true, out var one) && Enum.IsDefined(one) && char.IsLetter(text!.TrimStart()[0]) ? one : null;

    public static DateOnly? Day(string? text) => DateOnly.TryParse(text, CultureInfo.InvariantCulture, out var day) ? day : null;

    public static long? Number(string? text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
