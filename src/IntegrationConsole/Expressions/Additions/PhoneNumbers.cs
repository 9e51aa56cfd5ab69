using System.Collections.Frozen;

namespace IntegrationConsole.Expressions.Additions;

/// <summary>Telephone numbers in the form of E.164: a plus sign, the country's code, and the number without its trunk prefix.</summary>
internal static class PhoneNumbers
{
    private const int ShortestNumber = 7, LongestNumber = 15;

    private const string Codes =
        "US1 CA1 RU7 KZ7 EG20 ZA27 GR30 NL31 BE32 FR33 ES34 HU36 IT39 VA39 RO40 CH41 AT43 GB44 DK45 SE46 NO47 PL48 DE49 PE51 MX52 CU53 AR54 BR55 "
        + "CL56 CO57 VE58 MY60 AU61 ID62 PH63 NZ64 SG65 TH66 JP81 KR82 VN84 CN86 TR90 IN91 PK92 AF93 LK94 MM95 IR98 MA212 DZ213 TN216 LY218 GM220 "
        + "SN221 MR222 ML223 GN224 CI225 BF226 NE227 TG228 BJ229 MU230 LR231 SL232 GH233 NG234 TD235 CF236 CM237 CV238 ST239 GQ240 GA241 CG242 CD243 "
        + "AO244 GW245 SC248 SD249 RW250 ET251 SO252 DJ253 KE254 TZ255 UG256 BI257 MZ258 ZM260 MG261 RE262 ZW263 NA264 MW265 LS266 BW267 SZ268 KM269 "
        + "GI350 PT351 LU352 IE353 IS354 AL355 MT356 CY357 FI358 BG359 LT370 LV371 EE372 MD373 AM374 BY375 AD376 MC377 SM378 UA380 RS381 ME382 XK383 "
        + "HR385 SI386 BA387 MK389 CZ420 SK421 LI423 BZ501 GT502 SV503 HN504 NI505 CR506 PA507 HT509 BO591 GY592 EC593 PY595 SR597 UY598 BN673 PG675 "
        + "TO676 FJ679 HK852 MO853 KH855 LA856 BD880 TW886 MV960 LB961 JO962 SY963 IQ964 KW965 SA966 YE967 OM968 AE971 IL972 BH973 QA974 BT975 MN976 "
        + "NP977 TJ992 TM993 AZ994 GE995 KG996 UZ998";

    private static readonly FrozenDictionary<string, string> CodeOf = Codes.Split(' ')
        .ToFrozenDictionary(each => each[..2], each => each[2..], StringComparer.Ordinal);

    /// <summary>The number in E.164 form, or in <paramref name="result"/> why it cannot be read.</summary>
    public static bool TryRead(string number, string? country, out string result)
    {
        var digits = string.Concat(CultureNumbers.WithAsciiDigits(number).Replace("(0)", "", StringComparison.Ordinal).Where(char.IsAsciiDigit));
        var foreign = number.AsSpan().Trim().TrimStart('(');
        if (number.Any(char.IsAsciiLetter))
        {
            result = "it has letters.";
            return false;
        }

        if (foreign.StartsWith("+"))
        {
            return Checked(digits, out result);
        }

        if (foreign.StartsWith("00"))
        {
            return Checked(digits[2..], out result);
        }

        if (country is null)
        {
            result = "it has no country code, and no country is given.";
            return false;
        }

        var region = Regions.Country(country)?.TwoLetterISORegionName;
        if (region is null || !CodeOf.TryGetValue(region, out var code))
        {
            result = $"the country {country} is not known.";
            return false;
        }

        return Checked(code + WithoutTrunk(digits, region), out result);
    }

    /// <summary>Removes what is dialled before a number inside its country only. Italy's zero is part of the number.</summary>
    private static string WithoutTrunk(string digits, string region)
    {
        var trunk = region switch
        {
            "IT" or "VA" or "SM" => "",
            "US" or "CA" => "1",
            "RU" or "KZ" or "BY" => "8",
            "HU" => "06",
            _ => "0",
        };
        var isTrunk = trunk.Length > 0 && digits.StartsWith(trunk, StringComparison.Ordinal) && (trunk != "1" || digits.Length == 11);
        return isTrunk ? digits[trunk.Length..] : digits;
    }

    private static bool Checked(string digits, out string result)
    {
        if (digits.Length is < ShortestNumber or > LongestNumber || digits[0] == '0')
        {
            result = $"it should have {ShortestNumber} to {LongestNumber} digits with its country code.";
            return false;
        }

        result = "+" + digits;
        return true;
    }
}
